package io.waggle.app.replay;

import io.waggle.app.report.Table;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the policies were worth on a log, as the learning job says.
 *
 * @param rows of the log
 * @param sent rows that could be used
 * @param badRows the others, by the rule they broke
 * @param refused records that the job refused, by topic and reason
 */
public record ReplayReport(
    String log,
    String campaign,
    long rows,
    long sent,
    Map<String, Long> badRows,
    Map<String, Long> refused,
    List<PolicyEvaluation> evaluations,
    double seconds) {

  public ReplayReport {
    badRows = Map.copyOf(badRows);
    refused = Map.copyOf(refused);
    evaluations = List.copyOf(evaluations);
  }

  /** The report for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "Campaign %s, log %s: %d rows, %d used, %d bad, in %.1f s",
            campaign,
            log,
            rows,
            sent,
            rows - sent,
            seconds));
    badRows.forEach((reason, count) -> lines.add("  bad rows: " + count + " x " + reason));
    refused.forEach(
        (reason, count) -> lines.add("  refused by the job: " + count + " x " + reason));
    Table table =
        new Table(
            "policy",
            "rows",
            "IPS",
            "SNIPS",
            "DM",
            "DR",
            "ESS",
            "value, valid any time",
            "lift over the log");
    for (PolicyEvaluation value : evaluations) {
      table.row(
          value.getPolicy(),
          Long.toString(value.getCount()),
          estimate(value, Estimator.ESTIMATOR_IPS),
          estimate(value, Estimator.ESTIMATOR_SNIPS),
          estimate(value, Estimator.ESTIMATOR_DM),
          estimate(value, Estimator.ESTIMATOR_DR),
          number("%.1f", value.getEffectiveSampleSize()),
          interval(value.getInterval()),
          interval(value.getLift()));
    }
    lines.addAll(table.lines());
    if (!evaluations.isEmpty() && evaluations.get(0).getCount() > 0) {
      PolicyEvaluation any = evaluations.get(0);
      lines.add(
          "Mean reward of the log itself: " + number("%.6f", any.getRewardSum() / any.getCount()));
    }
    return lines;
  }

  /** Everything as figures. */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("log", log);
    figures.put("campaign", campaign);
    figures.put("rows", rows);
    figures.put("used", sent);
    figures.put("badRows", badRows);
    figures.put("refused", refused);
    figures.put("seconds", seconds);
    Map<String, Object> policies = new LinkedHashMap<>();
    for (PolicyEvaluation value : evaluations) {
      Map<String, Object> policy = new LinkedHashMap<>();
      policy.put("rows", value.getCount());
      policy.put("ips", value.getIps());
      policy.put("snips", value.getSnips());
      for (Estimate estimate : value.getEstimatesList()) {
        policy.put(estimate.getEstimator().name(), estimate.getValue());
      }
      policy.put("effectiveSampleSize", value.getEffectiveSampleSize());
      policy.put("weightMax", value.getWeightMax());
      policy.put("eventsLearned", value.getEventsLearned());
      policy.put("noOverlap", value.getNoOverlap());
      policy.put(
          "interval", List.of(value.getInterval().getLower(), value.getInterval().getUpper()));
      policy.put("intervalMethod", value.getInterval().getMethod());
      policy.put("lift", List.of(value.getLift().getLower(), value.getLift().getUpper()));
      policies.put(value.getPolicy(), policy);
    }
    figures.put("policies", policies);
    return figures;
  }

  private static String estimate(PolicyEvaluation value, Estimator estimator) {
    return value.getEstimatesList().stream()
        .filter(each -> each.getEstimator() == estimator)
        .map(each -> number("%.6f", each.getValue()))
        .findFirst()
        .orElse(value.getNoOverlap() ? "no overlap" : "-");
  }

  private static String interval(ConfidenceInterval interval) {
    return number("%.5f", interval.getLower()) + " .. " + number("%.5f", interval.getUpper());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
