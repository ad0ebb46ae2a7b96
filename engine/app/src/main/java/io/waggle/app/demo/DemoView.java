package io.waggle.app.demo;

import io.waggle.app.report.Table;
import io.waggle.server.ServerFigures;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's figures as lines for people. Pure. */
final class DemoView {
  /** Seconds that "now" stands for. */
  static final int RECENT_SECONDS = 5;

  private DemoView() {}

  static List<String> lines(
      Tally tally,
      ServerFigures service,
      List<PolicyStatus> policies,
      double elapsed,
      int seconds) {
    int second = (int) elapsed;
    int from = Math.max(0, second - RECENT_SECONDS);
    ArmTally.Span all = tally.all(FrontPage.AWARE);
    ArmTally.Span recent = tally.span(FrontPage.AWARE, from, Math.max(1, second));
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            "%3.0f %%  %2.0f s left  %s  %.0f decisions/s",
            Math.min(100, 100 * elapsed / seconds),
            Math.max(0, seconds - elapsed),
            elapsed < seconds / 2.0 ? "first tastes  " : "tastes shifted",
            rate(tally, from, Math.max(1, second))));
    lines.addAll(
        new Table("click rate", "whole run", "last " + RECENT_SECONDS + " s")
            .row(
                "live policy (" + FrontPage.AWARE + ")",
                rate(all.clickRate()),
                rate(recent.clickRate()))
            .row("  uniform on the same pages", rate(all.uniformRate()), rate(recent.uniformRate()))
            .row("  best possible", rate(all.bestRate()), rate(recent.bestRate()))
            .lines());
    Table shadows =
        new Table(
            "shadow value", "IPS", "SNIPS", "ESS", "value, valid any time", "lift over the log");
    for (PolicyStatus policy : policies) {
      PolicyEvaluation value = policy.getEvaluation();
      shadows.row(
          policy.getPolicy(),
          rate(value.getIps()),
          rate(value.getSnips()),
          format("%.0f", value.getEffectiveSampleSize()),
          interval(value.getInterval().getLower(), value.getInterval().getUpper()),
          interval(value.getLift().getLower(), value.getLift().getUpper()));
    }
    lines.addAll(shadows.lines());
    lines.addAll(delays(tally, service).lines());
    return lines;
  }

  static Table delays(Tally tally, ServerFigures service) {
    return new Table("milliseconds", "p50", "p99")
        .row(
            "rank, as the client sees it",
            millis(tally.rankMillis(50)),
            millis(tally.rankMillis(99)))
        .row(
            "reward to serving model",
            millis(service.rewardToServing().p50Millis()),
            millis(service.rewardToServing().p99Millis()))
        .row(
            "interaction to session",
            millis(service.interactionToSession().p50Millis()),
            millis(service.interactionToSession().p99Millis()));
  }

  /** The same in one line. */
  static String shortLine(Tally tally, ServerFigures service, double elapsed, int seconds) {
    int second = (int) elapsed;
    int from = Math.max(0, second - RECENT_SECONDS);
    ArmTally.Span recent = tally.span(FrontPage.AWARE, from, Math.max(1, second));
    return format(
        "%3.0f %%  %.0f decisions/s  click rate %s (uniform %s, best %s)  rank p50 %s p99 %s ms "
            + " reward to model p50 %s ms  interaction to session p50 %s ms",
        Math.min(100, 100 * elapsed / seconds),
        rate(tally, from, Math.max(1, second)),
        rate(recent.clickRate()),
        rate(recent.uniformRate()),
        rate(recent.bestRate()),
        millis(tally.rankMillis(50)),
        millis(tally.rankMillis(99)),
        millis(service.rewardToServing().p50Millis()),
        millis(service.interactionToSession().p50Millis()));
  }

  /** Decisions a second of all arms. */
  static double rate(Tally tally, int fromSecond, int toSecond) {
    double decisions = 0;
    for (String arm : List.of(FrontPage.AWARE, FrontPage.BLIND, FrontPage.UNIFORM)) {
      decisions += tally.span(arm, fromSecond, toSecond).decisions();
    }
    return decisions / Math.max(1, toSecond - fromSecond);
  }

  private static String rate(double value) {
    return Double.isNaN(value) ? "-" : format("%.4f", value);
  }

  private static String millis(double value) {
    return format(value < 10 ? "%.2f" : "%.0f", value);
  }

  private static String interval(double lower, double upper) {
    return format("%.3f .. %.3f", lower, upper);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
