package io.waggle.app.demo;

import io.waggle.app.report.LineChart;
import io.waggle.app.report.LineChart.Line;
import io.waggle.app.report.LineChart.Mark;
import java.util.function.ToDoubleFunction;

/** Click rate over time with the moment of the shift. Pure. */
final class DemoChart {
  /** A point is the mean of this many seconds before it: a single second is mostly noise. */
  private static final int SMOOTHING_SECONDS = 4;

  private DemoChart() {}

  static String svg(Tally tally, int seconds) {
    return new LineChart("Click rate of a news front page", "clicks / decisions")
        .mark(new Mark("tastes shift", seconds / 2.0))
        .line(
            line(
                "best possible",
                "#2a9d3a",
                tally,
                FrontPage.AWARE,
                seconds,
                ArmTally.Span::bestRate))
        .line(
            line(
                "live: " + FrontPage.AWARE,
                "#1f5fbf",
                tally,
                FrontPage.AWARE,
                seconds,
                ArmTally.Span::clickRate))
        .line(
            line(
                FrontPage.BLIND,
                "#d0802b",
                tally,
                FrontPage.BLIND,
                seconds,
                ArmTally.Span::clickRate))
        .line(
            line("uniform", "#777777", tally, FrontPage.AWARE, seconds, ArmTally.Span::uniformRate))
        .svg();
  }

  private static Line line(
      String name,
      String color,
      Tally tally,
      String arm,
      int seconds,
      ToDoubleFunction<ArmTally.Span> rate) {
    double[] values = new double[seconds + 1];
    for (int second = 0; second <= seconds; second++) {
      ArmTally.Span span = tally.span(arm, second - SMOOTHING_SECONDS, second);
      values[second] = span.decisions() == 0 ? Double.NaN : rate.applyAsDouble(span);
    }
    return new Line(name, color, values);
  }
}
