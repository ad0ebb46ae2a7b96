package io.waggle.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values to places along an axis. Immutable.
 *
 * @param min value at {@code from}
 * @param max value at {@code to}; above min
 * @param from place of the smallest value
 * @param to place of the largest value
 */
public record Scale(double min, double max, double from, double to) {
  /** An axis; where all values are one it is made a little wider. */
  public static Scale of(double min, double max, double from, double to) {
    return max > min
        ? new Scale(min, max, from, to)
        : new Scale(min - 0.5e-3, min + 0.5e-3, from, to);
  }

  /** The place of a value; one beyond the axis is put at its end. */
  public double at(double value) {
    double inside = Math.max(min, Math.min(max, value));
    return from + (to - from) * (inside - min) / (max - min);
  }

  /** Round values on the axis, about so many. */
  public List<Double> ticks(int about) {
    double raw = (max - min) / about;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step =
        power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
    List<Double> ticks = new ArrayList<>();
    for (double tick = Math.ceil(min / step - 1e-9) * step;
        tick <= max + 1e-9 * step;
        tick += step) {
      ticks.add(Math.abs(tick) < 1e-9 * step ? 0 : tick);
    }
    return ticks;
  }

  /** A number as short as it can be told. */
  public static String shown(double value) {
    if (value == Math.rint(value) && Math.abs(value) >= 10_000) {
      return Math.abs(value) >= 1e6
          ? trimmed("%.2f", value / 1e6) + " M"
          : trimmed("%.1f", value / 1e3) + " k";
    }
    return trimmed(Math.abs(value) < 0.1 ? "%.4f" : Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
  }

  private static String trimmed(String format, double value) {
    String text = String.format(Locale.ROOT, format, value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
