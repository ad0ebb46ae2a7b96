package io.waggle.app.evaluate;

import io.waggle.app.report.Scale;
import io.waggle.app.report.Svg;
import io.waggle.core.offline.CandidateResult;
import io.waggle.core.offline.ValuePoint;
import io.waggle.core.offline.WeightBin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Drawings of one candidate each, small enough to stand side by side. Pure. */
final class EvaluationCharts {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 230;
  private static final int LEFT = 56;
  private static final int RIGHT = 30;
  private static final int TOP = 26;
  private static final int BOTTOM = 30;
  private static final int TICKS = 4;

  private EvaluationCharts() {}

  /**
   * The value along the log.
   *
   * @param bottom smallest value drawn, the same in every drawing
   * @param top largest value drawn
   * @param logged mean reward of the log; NaN: not known
   */
  static String value(
      CandidateResult result, double bottom, double top, long decisions, double logged) {
    String name = result.candidate().name();
    Svg svg = new Svg(WIDTH, HEIGHT, "Value of " + name + " along the log");
    Scale x = Scale.of(0, (double) decisions, LEFT, WIDTH - RIGHT);
    Scale y = Scale.of(bottom, top, HEIGHT - BOTTOM, TOP);
    frame(svg, name, x, y);
    List<ValuePoint> points = result.points();
    StringBuilder above = new StringBuilder();
    StringBuilder below = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      ValuePoint point = points.get(i);
      above.append(at(i == 0 ? "M" : "L", x.at((double) point.decisions()), y.at(point.upper())));
      line.append(at(i == 0 ? "M" : "L", x.at((double) point.decisions()), y.at(point.value())));
    }
    for (int i = points.size() - 1; i >= 0; i--) {
      below.append(at("L", x.at((double) points.get(i).decisions()), y.at(points.get(i).lower())));
    }
    svg.path(above.append(below).append("Z").toString(), "band");
    for (ValuePoint point : points) {
      window(svg, point, x, y);
    }
    if (!Double.isNaN(logged)) {
      svg.line(LEFT, y.at(logged), WIDTH - RIGHT, y.at(logged), "logged");
    }
    svg.path(line.toString(), "curve");
    return svg.element();
  }

  /** The window's own value in its middle, with its fixed-time interval. */
  private static void window(Svg svg, ValuePoint point, Scale x, Scale y) {
    double middle = x.at(point.decisions() - point.windowDecisions() / 2.0);
    double value = point.window().value();
    if (point.window().hasInterval()) {
      svg.line(
          middle, y.at(point.window().lower()), middle, y.at(point.window().upper()), "window");
    }
    if (value <= y.max()) {
      svg.dot(
          middle,
          y.at(value),
          2,
          "windowdot",
          "%d decisions: %s, the log %s"
              .formatted(point.windowDecisions(), Scale.shown(value), Scale.shown(point.logged())));
    }
  }

  /** How the weights are spread. */
  static String weights(CandidateResult result) {
    List<String> labels = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    labels.add("0");
    counts.add(result.zeroWeights());
    for (WeightBin bin : result.weights()) {
      labels.add(
          Double.isInfinite(bin.to())
              ? "> " + Scale.shown(bin.from())
              : "≤ " + (bin.to() < 1 ? "1/" + Math.round(1 / bin.to()) : Scale.shown(bin.to())));
      counts.add(bin.count());
    }
    return histogram(result, "importance weight", labels, counts, 3);
  }

  /** How probable the logged actions are. */
  static String probabilities(CandidateResult result) {
    List<String> labels = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    labels.add("0");
    counts.add(result.zeroWeights());
    for (WeightBin bin : result.probabilities()) {
      labels.add("≤ " + Scale.shown(bin.to()));
      counts.add(bin.count());
    }
    return histogram(result, "probability of the logged action", labels, counts, 2);
  }

  private static String histogram(
      CandidateResult result, String what, List<String> labels, List<Long> counts, int labelEvery) {
    String name = result.candidate().name();
    Svg svg = new Svg(WIDTH, HEIGHT, what + " of " + name);
    double all = Math.max(1, counts.stream().mapToLong(Long::longValue).sum());
    double most = counts.stream().mapToLong(Long::longValue).max().orElse(0) / all;
    Scale y = Scale.of(0, Math.max(most, 0.01), HEIGHT - BOTTOM, TOP);
    title(svg, name);
    for (double tick : y.ticks(TICKS)) {
      svg.line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "grid");
      svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Scale.shown(100 * tick) + " %");
    }
    double step = (double) (WIDTH - RIGHT - LEFT) / labels.size();
    for (int i = 0; i < labels.size(); i++) {
      double share = counts.get(i) / all;
      double left = LEFT + i * step;
      // What is there is to be seen, however little it is.
      double top = share == 0 ? y.at(0) : Math.min(y.at(share), y.at(0) - 1);
      svg.rect(left + 1, top, step - 2, y.at(0) - top, i == 0 ? "zero" : "bar");
      if (i % labelEvery == 0) {
        svg.text(left + step / 2, HEIGHT - BOTTOM + 16, "middle", "tick", labels.get(i));
      }
    }
    return svg.element();
  }

  private static void frame(Svg svg, String name, Scale x, Scale y) {
    title(svg, name);
    for (double tick : y.ticks(TICKS)) {
      svg.line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "grid");
      svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Scale.shown(tick));
    }
    for (double tick : x.ticks(TICKS)) {
      svg.text(x.at(tick), HEIGHT - BOTTOM + 16, "middle", "tick", Scale.shown(tick));
    }
  }

  private static void title(Svg svg, String name) {
    String shown = name.length() > 48 ? name.substring(0, 47) + "…" : name;
    svg.text(LEFT, 15, "start", "name", shown);
  }

  private static String at(String command, double x, double y) {
    return String.format(Locale.ROOT, "%s%.1f %.1f ", command, x, y);
  }
}
