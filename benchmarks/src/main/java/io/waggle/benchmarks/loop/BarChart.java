package io.waggle.benchmarks.loop;

import io.waggle.app.report.Svg;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lying bars, some beside each other in a row, as an SVG drawing of its own. One thread. */
public final class BarChart {
  private static final int WIDTH = 900;
  private static final int LEFT = 330;
  private static final int RIGHT = 90;
  private static final int TOP = 66;
  private static final int BAR = 12;
  private static final int GAP = 8;
  private static final List<String> COLORS = List.of("#1f77b4", "#bbbbbb", "#ff7f0e", "#2ca02c");

  private record Row(String label, double[] values) {}

  private final String title;
  private final String unit;
  private final List<String> series;
  private final List<Row> rows = new ArrayList<>();

  /**
   * Without rows.
   *
   * @param series names of the bars of a row, at most four
   */
  public BarChart(String title, String unit, List<String> series) {
    if (series.isEmpty() || series.size() > COLORS.size()) {
      throw new IllegalArgumentException(
          "series: %d (expected: 1 to %d)".formatted(series.size(), COLORS.size()));
    }
    this.title = title;
    this.unit = unit;
    this.series = List.copyOf(series);
  }

  /**
   * Adds a row.
   *
   * @param values {@code double[series]}, 0 or more
   */
  public BarChart row(String label, double... values) {
    if (values.length != series.size()) {
      throw new IllegalArgumentException(
          "values: %d (expected: %d)".formatted(values.length, series.size()));
    }
    rows.add(new Row(label, values.clone()));
    return this;
  }

  /** The drawing. */
  public String svg() {
    double most = 1e-9;
    for (Row row : rows) {
      for (double value : row.values()) {
        most = Math.max(most, value);
      }
    }
    int rowHeight = BAR * series.size() + GAP;
    int height = TOP + rowHeight * rows.size() + GAP;
    StringBuilder svg = new StringBuilder(8_192);
    svg.append(
        format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
            <rect width="%1$d" height="%2$d" fill="white"/>
            <text x="16" y="24" font-size="16">%3$s</text>
            """,
            WIDTH, height, Svg.escaped(title)));
    for (int i = 0; i < series.size(); i++) {
      bar(svg, 16 + 160 * i, 38, 12, i);
      text(svg, 34 + 160 * i, 48, "start", series.get(i));
    }
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double top = TOP + (double) rowHeight * i;
      text(svg, LEFT - 8, top + BAR * series.size() / 2.0 + 4, "end", row.label());
      for (int j = 0; j < series.size(); j++) {
        double width = (WIDTH - LEFT - RIGHT) * row.values()[j] / most;
        bar(svg, LEFT, top + BAR * j, width, j);
        text(
            svg,
            LEFT + width + 4,
            top + BAR * j + BAR - 2,
            "start",
            format("%.4g %s", row.values()[j], unit));
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, double x, double y, double width, int series) {
    svg.append(
        format(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
            x, y, width, BAR - 1, COLORS.get(series)));
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        format(
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x, y, anchor, Svg.escaped(text)));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
