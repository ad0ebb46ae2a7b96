package io.waggle.app.admin;

import static io.waggle.app.admin.PolicyText.number;

import io.waggle.app.report.Table;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.EvaluationWindow;
import io.waggle.v1.GetPolicyValueResponse;
import io.waggle.v1.PolicyEvaluation;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What a policy is worth, as text. Pure. */
final class ValueText {
  private static final String NO_OVERLAP = "no overlap";

  private ValueText() {}

  static String of(GetPolicyValueResponse response) {
    PolicyEvaluation all = response.getStatus().getEvaluation();
    StringBuilder text =
        new StringBuilder(
            "%s/%s on %d decisions, rewards in [%s, %s]"
                .formatted(
                    response.getStatus().getSurface(),
                    response.getStatus().getPolicy(),
                    all.getCount(),
                    number("%.4g", all.getRewardMin()),
                    number("%.4g", all.getRewardMax())));
    if (all.getCount() == 0) {
      return text.append(": nothing is known yet").toString();
    }
    append(text, estimates(all));
    response.getSegmentsList().forEach(segment -> alarm(text, segment));
    alarm(text, all);
    if (response.getSegmentsCount() > 0) {
      text.append("\n");
      append(text, segments(all, response.getSegmentsList()));
    }
    if (all.getWindowsCount() > 0) {
      text.append("\n");
      append(text, windows(all));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Table table) {
    table.lines().forEach(line -> text.append("\n").append(line));
  }

  private static void alarm(StringBuilder text, PolicyEvaluation evaluation) {
    if (!evaluation.getAlarm().isEmpty()) {
      text.append("\nALARM (%s): %s".formatted(evaluation.getSegment(), evaluation.getAlarm()));
    }
  }

  /** By estimator; the intervals valid at every look belong to none of them. */
  private static Table estimates(PolicyEvaluation all) {
    Table table =
        new Table("estimator", "value", "weights capped at", "interval", "method", "alpha");
    for (Estimate estimate : all.getEstimatesList()) {
      table.row(
          name(estimate.getEstimator()),
          number("%.5f", estimate.getValue()),
          estimate.getWeightCap() == 0 ? "-" : number("%.0f", estimate.getWeightCap()),
          estimate.hasFixedTime() ? interval(estimate.getFixedTime()) : "-",
          estimate.hasFixedTime() ? estimate.getFixedTime().getMethod() : "-",
          estimate.hasFixedTime() ? number("%.3g", estimate.getFixedTime().getAlpha()) : "-");
    }
    if (all.getNoOverlap()) {
      table.row(NO_OVERLAP, "-", "-", "-", "-", "-");
    }
    row(table, "value, at any time", all.getInterval());
    row(table, "lift, at any time", all.getLift());
    table.row(
        "logged mean", number("%.5f", all.getRewardSum() / all.getCount()), "-", "-", "-", "-");
    table.row(
        "ESS, clipped share",
        number("%.1f", all.getEffectiveSampleSize()),
        number("%.4f", all.getClippedShare()),
        "-",
        "-",
        "-");
    return table;
  }

  private static void row(Table table, String name, ConfidenceInterval interval) {
    table.row(
        name,
        "-",
        "-",
        interval(interval),
        interval.getMethod(),
        number("%.3g", interval.getAlpha()));
  }

  private static String name(Estimator estimator) {
    return estimator.name().replace("ESTIMATOR_", "").toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Table segments(PolicyEvaluation all, List<PolicyEvaluation> segments) {
    Table table =
        new Table(
            "segment",
            "decisions",
            "logged",
            "IPS",
            "SNIPS",
            "DR",
            "ESS",
            "value, at any time",
            "lift, at any time");
    row(table, all);
    segments.forEach(segment -> row(table, segment));
    return table;
  }

  private static void row(Table table, PolicyEvaluation value) {
    boolean known = value.getCount() > 0 && !value.getNoOverlap();
    String unknown = value.getNoOverlap() ? NO_OVERLAP : "-";
    table.row(
        value.getSegment(),
        Long.toString(value.getCount()),
        value.getCount() == 0 ? "-" : number("%.4f", value.getRewardSum() / value.getCount()),
        known ? number("%.4f", value.getIps()) : unknown,
        known ? number("%.4f", value.getSnips()) : unknown,
        known ? number("%.4f", doublyRobust(value)) : unknown,
        number("%.0f", value.getEffectiveSampleSize()),
        interval(value.getInterval()),
        interval(value.getLift()));
  }

  private static double doublyRobust(PolicyEvaluation value) {
    return value.getEstimatesList().stream()
        .filter(each -> each.getEstimator() == Estimator.ESTIMATOR_DR)
        .mapToDouble(Estimate::getValue)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static Table windows(PolicyEvaluation all) {
    Table table = new Table("from", "decisions", "logged", "IPS", "DR", "mean weight");
    for (EvaluationWindow window : all.getWindowsList()) {
      table.row(
          Instant.ofEpochMilli(window.getStartMillis()).toString(),
          number("%.0f", window.getDecisions()),
          number("%.4f", window.getRewardSum() / window.getDecisions()),
          number("%.4f", window.getWeightedRewardSum() / window.getDecisions()),
          number("%.4f", window.getRobustSum() / window.getDecisions()),
          number("%.3f", window.getWeightSum() / window.getDecisions()));
    }
    return table;
  }

  private static String interval(ConfidenceInterval interval) {
    return number("%.4f", interval.getLower()) + " .. " + number("%.4f", interval.getUpper());
  }
}
