package io.waggle.app.dashboard;

import com.google.common.collect.ImmutableList;
import io.waggle.app.report.Scale;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Units of axes by the names that Grafana has for them. */
enum Unit {
  NONE(1, ""),
  SHORT(1_000, "", " K", " Mil", " Bil"),
  REQPS(1_000, " req/s", "K req/s", "M req/s"),
  OPS(1_000, " ops/s", "K ops/s", "M ops/s"),
  CPS(1_000, " c/s", "K c/s", "M c/s"),
  PERCENTUNIT(1, " %"),
  S(1, " s"),
  MS(1, " ms"),
  BYTES(1_024, " B", " KiB", " MiB", " GiB", " TiB");

  private static final double PER_CENT = 100;
  private static final double MILLI = 1e-3;

  private final double factor;
  private final ImmutableList<String> names;

  Unit(double factor, String... names) {
    this.factor = factor;
    this.names = ImmutableList.copyOf(names);
  }

  /**
   * By its name in a dashboard.
   *
   * @throws IllegalArgumentException for one that is not known here
   */
  static Unit of(String name) {
    for (Unit unit : values()) {
      if (unit.name().toLowerCase(Locale.ROOT).equals(name)) {
        return unit;
      }
    }
    throw new IllegalArgumentException(
        "unit: %s (expected: one of %s)"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(unit -> unit.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "))));
  }

  /** A value with its unit, as short as it can be told. */
  String shown(double value) {
    if (value == 0) {
      return "0" + names.get(0);
    }
    return switch (this) {
      case PERCENTUNIT -> Scale.shown(PER_CENT * value) + " %";
      case S -> Math.abs(value) < 1 ? seconds(value) : Scale.shown(value) + " s";
      case MS -> Math.abs(value) < 1 / MILLI ? Scale.shown(value) + " ms" : S.shown(MILLI * value);
      default -> scaled(value);
    };
  }

  private static String seconds(double value) {
    return Math.abs(value) < MILLI
        ? Scale.shown(value / MILLI / MILLI) + " µs"
        : Scale.shown(value / MILLI) + " ms";
  }

  /** What a value of that size is told in: 1,048,576 for some MiB. */
  double step(double value) {
    return Math.pow(factor, power(value));
  }

  private String scaled(double value) {
    return Scale.shown(value / step(value)) + names.get(power(value));
  }

  private int power(double value) {
    double rest = Math.abs(value);
    int power = 0;
    while (rest >= factor && power < names.size() - 1) {
      rest /= factor;
      power++;
    }
    return power;
  }
}
