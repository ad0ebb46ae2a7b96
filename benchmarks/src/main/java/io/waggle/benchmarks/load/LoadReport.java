package io.waggle.benchmarks.load;

import io.waggle.app.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run saw, for people and for files. Pure. */
final class LoadReport {
  /** What is wanted of Rank beside the call that does nothing. */
  static final double WANTED_P50 = 2;

  static final double WANTED_P99 = 3;

  private final Map<Way, List<Point>> points;

  /**
   * A ranking beside the call that does nothing, at one rate.
   *
   * @param p50 ratio of the medians
   * @param p99 ratio of the 99th percentiles
   */
  record Ratio(Way way, int rate, double p50, double p99) {}

  LoadReport(Map<Way, List<Point>> points) {
    this.points = points;
  }

  /** True: at least one call was answered. */
  boolean anything() {
    return points.values().stream()
        .flatMap(List::stream)
        .anyMatch(point -> point.together().answered() > 0);
  }

  /** A point in a line. */
  static String line(Point point) {
    Turn.Seen seen = point.together();
    return String.format(
        Locale.ROOT,
        "%6d/s  %-15s p50 %8.3f  p99 %8.3f ms%s",
        point.rate(),
        point.way().text(),
        seen.millis(50),
        seen.millis(99),
        seen.failed() + seen.shed() == 0
            ? ""
            : "  (" + seen.failed() + " failed, " + seen.shed() + " shed)");
  }

  /** Tables of all points, ratios and knees. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Table table =
        new Table(
            "scenario",
            "rate/s",
            "answered",
            "p50 ms",
            "p90",
            "p99",
            "p99.9",
            "max",
            "failed",
            "shed");
    points.forEach((way, ofWay) -> ofWay.forEach(point -> row(table, point)));
    lines.addAll(table.lines());
    lines.add("");
    Table ratios = new Table("beside the call that does nothing", "rate/s", "p50", "p99", "wanted");
    for (Ratio ratio : ratios()) {
      ratios.row(
          ratio.way().text(),
          Integer.toString(ratio.rate()),
          format("%.2f x", ratio.p50()),
          format("%.2f x", ratio.p99()),
          ratio.p50() <= WANTED_P50 && ratio.p99() <= WANTED_P99 ? "met" : "missed");
    }
    if (!ratios().isEmpty()) {
      lines.addAll(ratios.lines());
      lines.add(format("(wanted: p50 at most %.0f x, p99 at most %.0f x)", WANTED_P50, WANTED_P99));
      lines.add("");
    }
    Table knees = new Table("knee", "rate/s", "");
    points.forEach(
        (way, ofWay) -> knees.row(way.text(), Knee.of(ofWay).toString(), way.description()));
    lines.addAll(knees.lines());
    return lines;
  }

  private static void row(Table table, Point point) {
    Turn.Seen seen = point.together();
    table.row(
        point.way().text(),
        Integer.toString(point.rate()),
        Long.toString(seen.answered()),
        format("%.3f", seen.millis(50)),
        format("%.3f", seen.millis(90)),
        format("%.3f", seen.millis(99)),
        format("%.3f", seen.millis(99.9)),
        format("%.3f", seen.millis(100)),
        Long.toString(seen.failed()),
        Long.toString(seen.shed()));
  }

  /** Of each way that has a floor, at each rate up to the knees of both. */
  List<Ratio> ratios() {
    List<Ratio> ratios = new ArrayList<>();
    points.forEach(
        (way, ofWay) -> {
          List<Point> floor = way.floor() == null ? List.of() : of(way.floor());
          for (Point point : ofWay) {
            floor.stream()
                .filter(each -> each.rate() == point.rate() && isBelowKnee(each))
                .filter(each -> isBelowKnee(point))
                .forEach(each -> ratios.add(ratio(point, each)));
          }
        });
    return ratios;
  }

  private List<Point> of(Way way) {
    return points.getOrDefault(way, List.of());
  }

  private boolean isBelowKnee(Point point) {
    return point.rate() <= Knee.of(of(point.way())).rate();
  }

  private static Ratio ratio(Point point, Point floor) {
    Turn.Seen seen = point.together();
    Turn.Seen nothing = floor.together();
    return new Ratio(
        point.way(),
        point.rate(),
        seen.millis(50) / nothing.millis(50),
        seen.millis(99) / nothing.millis(99));
  }

  /** For the result file. */
  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("wanted_p50_ratio", WANTED_P50);
    figures.put("wanted_p99_ratio", WANTED_P99);
    figures.put("ratios", ratios().stream().map(LoadReport::figures).toList());
    List<Map<String, Object>> knees = new ArrayList<>();
    points.forEach(
        (way, ofWay) -> {
          Knee knee = Knee.of(ofWay);
          Map<String, Object> figure = new LinkedHashMap<>();
          figure.put("scenario", way.text());
          figure.put("rate", knee.rate());
          figure.put("reached", knee.reached());
          knees.add(figure);
        });
    figures.put("knees", knees);
    figures.put(
        "points", points.values().stream().flatMap(List::stream).map(Point::figures).toList());
    return figures;
  }

  private static Map<String, Object> figures(Ratio ratio) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("scenario", ratio.way().text());
    figures.put("rate", ratio.rate());
    figures.put("p50", ratio.p50());
    figures.put("p99", ratio.p99());
    return figures;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
