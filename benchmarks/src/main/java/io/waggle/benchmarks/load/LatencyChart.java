package io.waggle.benchmarks.load;

import io.waggle.app.report.Scale;
import io.waggle.app.report.Svg;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Latency against rate, both on logarithmic axes: the median above, the 99th percentile below, each
 * way's knee as a ring. An SVG drawing of its own. Pure.
 */
final class LatencyChart {
  private static final int WIDTH = 940;
  private static final int PANEL = 300;
  private static final int LEFT = 64;
  private static final int RIGHT = 250;
  private static final int TOP = 56;
  private static final int BOTTOM = 44;

  private final Map<Way, List<Point>> points;
  private final StringBuilder svg = new StringBuilder(16_384);
  private Scale rates = Scale.of(0, 1, 0, 1);

  private LatencyChart(Map<Way, List<Point>> points) {
    this.points = points;
  }

  /** The drawing. */
  static String of(String title, Map<Way, List<Point>> points) {
    LatencyChart chart = new LatencyChart(points);
    return chart.draw(title);
  }

  private String draw(String title) {
    int height = TOP + 2 * (PANEL + BOTTOM);
    add(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
        <rect width="%1$d" height="%2$d" fill="white"/>
        <text x="%3$d" y="24" font-size="16">%4$s</text>""",
        WIDTH, height, LEFT, Svg.escaped(title));
    List<Point> all = points.values().stream().flatMap(List::stream).toList();
    int least = all.stream().mapToInt(Point::rate).min().orElse(1);
    int most = all.stream().mapToInt(Point::rate).max().orElse(1);
    rates = Scale.of(Math.log10(least), Math.log10(most), LEFT, WIDTH - RIGHT);
    panel("p50 ms", 50, all, TOP);
    panel("p99 ms", 99, all, TOP + PANEL + BOTTOM);
    legend();
    return svg.append("</svg>\n").toString();
  }

  private void panel(String name, double percentile, List<Point> all, int top) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Point point : all) {
      double millis = point.together().millis(percentile);
      if (millis > 0) {
        least = Math.min(least, millis);
        most = Math.max(most, millis);
      }
    }
    Scale latencies =
        Scale.of(Math.floor(Math.log10(least)), Math.ceil(Math.log10(most)), top + PANEL, top);
    grid(name, latencies, all, top);
    points.forEach((way, ofWay) -> curve(way, ofWay, percentile, latencies));
  }

  private void grid(String name, Scale latencies, List<Point> all, int top) {
    for (double power = latencies.min(); power <= latencies.max(); power++) {
      double y = latencies.at(power);
      add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, y, WIDTH - RIGHT, y);
      text(LEFT - 6, y + 4, "end", Scale.shown(Math.pow(10, power)));
    }
    double last = Double.NEGATIVE_INFINITY;
    for (int rate : all.stream().map(Point::rate).distinct().sorted().toList()) {
      double x = rates.at(Math.log10(rate));
      if (x - last > 44) {
        text(x, top + PANEL + 16, "middle", rate + "/s");
        last = x;
      }
    }
    add(
        "<text x=\"16\" y=\"%d\" transform=\"rotate(-90 16 %d)\" text-anchor=\"middle\">%s</text>",
        top + PANEL / 2, top + PANEL / 2, name);
  }

  private void curve(Way way, List<Point> ofWay, double percentile, Scale latencies) {
    StringBuilder path = new StringBuilder();
    Knee knee = Knee.of(ofWay);
    String color = way.color();
    for (Point point : ofWay) {
      double millis = point.together().millis(percentile);
      if (millis <= 0) {
        continue;
      }
      double x = rates.at(Math.log10(point.rate()));
      double y = latencies.at(Math.log10(millis));
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f ", path.isEmpty() ? "M" : "L", x, y));
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>", x, y, color);
      if (knee.reached() && knee.rate() == point.rate()) {
        add(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"7\" fill=\"none\" stroke=\"%s\""
                + " stroke-width=\"2\"/>",
            x, y, color);
      }
    }
    add(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        path.toString().strip(), color);
  }

  private void legend() {
    int y = TOP + 12;
    text(WIDTH - RIGHT + 12, TOP - 8, "start", "ring: knee, calls a second");
    for (Map.Entry<Way, List<Point>> entry : points.entrySet()) {
      add(
          "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"/>",
          WIDTH - RIGHT + 12, y - 4, WIDTH - RIGHT + 32, y - 4, entry.getKey().color());
      text(
          WIDTH - RIGHT + 38, y, "start", entry.getKey().text() + ": " + Knee.of(entry.getValue()));
      y += 20;
    }
  }

  private void text(double x, double y, String anchor, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x, y, anchor, Svg.escaped(text));
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
