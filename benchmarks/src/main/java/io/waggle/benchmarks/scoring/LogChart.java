package io.waggle.benchmarks.scoring;

import io.waggle.app.report.Svg;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Lines over powers of ten in both directions, as an SVG drawing of its own. One thread. */
final class LogChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 460;
  private static final int LEFT = 70;
  private static final int RIGHT = 220;
  private static final int TOP = 50;
  private static final int BOTTOM = 50;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Line> lines = new ArrayList<>();

  /**
   * A line.
   *
   * @param color as in SVG
   * @param x above 0, ascending
   * @param y above 0, as many
   */
  record Line(String name, String color, boolean dashed, double[] x, double[] y) {}

  /** Without lines. */
  LogChart(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  LogChart line(Line line) {
    lines.add(line);
    return this;
  }

  /** The drawing; there is at least one line. */
  String svg() {
    double[] all = lines.stream().flatMapToDouble(each -> Arrays.stream(each.y())).toArray();
    Axis x =
        Axis.of(
            lines.stream().flatMapToDouble(each -> Arrays.stream(each.x())).toArray(),
            LEFT,
            WIDTH - RIGHT);
    Axis y = Axis.of(all, HEIGHT - BOTTOM, TOP);
    StringBuilder svg = new StringBuilder(8_192);
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0"
            + " %1$d %2$d\" font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"%1$d\""
            + " height=\"%2$d\" fill=\"white\"/>%n<text x=\"%3$d\" y=\"24\""
            + " font-size=\"16\">%4$s</text>",
        WIDTH,
        HEIGHT,
        LEFT,
        Svg.escaped(title));
    for (int power = y.from(); power <= y.to(); power++) {
      double at = y.at(Math.pow(10, power));
      add(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>", LEFT, at, WIDTH - RIGHT);
      text(svg, LEFT - 6, at + 4, "end", number(power));
    }
    for (int power = x.from(); power <= x.to(); power++) {
      double at = x.at(Math.pow(10, power));
      add(svg, "<path d=\"M%.1f %dV%d\" stroke=\"#ddd\"/>", at, TOP, HEIGHT - BOTTOM);
      text(svg, at, HEIGHT - BOTTOM + 18, "middle", number(power));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", xLabel);
    text(svg, 12, TOP - 10, "start", yLabel);
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), x, y, TOP + 14 + 20 * i);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void draw(StringBuilder svg, Line line, Axis x, Axis y, int legend) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < line.x().length; i++) {
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              i == 0 ? "M" : "L",
              x.at(line.x()[i]),
              y.at(line.y()[i])));
    }
    String dash = line.dashed() ? " stroke-dasharray=\"5 4\"" : "";
    String style = "fill=\"none\" stroke=\"" + line.color() + "\" stroke-width=\"2\"" + dash;
    add(svg, "<path d=\"%s\" %s/>", path, style);
    int left = WIDTH - RIGHT + 12;
    add(svg, "<path d=\"M%d %dh24\" %s/>", left, legend - 4, style);
    text(svg, left + 30, legend, "start", line.name());
  }

  private static String number(int power) {
    return power < 0
        ? BigDecimal.ONE.scaleByPowerOfTen(power).toPlainString()
        : String.format(Locale.ROOT, "%,.0f", Math.pow(10, power));
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    add(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        Svg.escaped(text));
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** From one power of ten to another, drawn from one place to another. */
  private record Axis(int from, int to, double start, double end) {
    static Axis of(double[] values, double start, double end) {
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (double value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      int from = (int) Math.floor(Math.log10(least));
      return new Axis(from, Math.max(from + 1, (int) Math.ceil(Math.log10(most))), start, end);
    }

    double at(double value) {
      return start + (end - start) * (Math.log10(value) - from) / (to - from);
    }
  }
}
