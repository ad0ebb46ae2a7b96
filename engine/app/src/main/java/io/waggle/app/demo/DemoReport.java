package io.waggle.app.demo;

import io.waggle.server.ServerFigures;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo found. */
public final class DemoReport {
  private final Demo.Plan plan;
  private final Tally tally;
  private final ServerFigures service;
  private final List<PolicyStatus> policies;
  private final List<Criterion> criteria;

  DemoReport(
      Demo.Plan plan,
      Tally tally,
      ServerFigures service,
      List<PolicyStatus> policies,
      List<Criterion> criteria) {
    this.plan = plan;
    this.tally = tally;
    this.service = service;
    this.policies = List.copyOf(policies);
    this.criteria = List.copyOf(criteria);
  }

  /** True when every criterion holds. */
  public boolean passed() {
    return criteria.stream().allMatch(Criterion::passed);
  }

  /** The summary for people, the criteria last. */
  public List<String> lines() {
    List<String> lines =
        new ArrayList<>(DemoView.lines(tally, service, policies, plan.seconds(), plan.seconds()));
    lines.set(
        0,
        "%d decisions in %d s at %.0f a second; latencies after a warm-up of %d s"
            .formatted(tally.totals().ranked(), plan.seconds(), plan.rate(), plan.warmUpSeconds()));
    lines.add("");
    criteria.forEach(criterion -> lines.add(criterion.line()));
    return lines;
  }

  /** Click rates over time as SVG. */
  public String chart() {
    return DemoChart.svg(tally, plan.seconds());
  }

  /** Everything as figures. */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("passed", passed());
    figures.put("seconds", plan.seconds());
    figures.put("warmUpSeconds", plan.warmUpSeconds());
    figures.put("rate", plan.rate());
    figures.put("readers", plan.readers());
    figures.put("seed", plan.seed());
    figures.put("decisions", tally.totals().ranked());
    figures.put("interactions", tally.totals().tracked());
    figures.put("rewards", tally.totals().rewarded());
    figures.put("skipped", tally.totals().skipped());
    figures.put("arms", arms());
    figures.put("policies", policies.stream().map(DemoReport::policy).toList());
    figures.put("rankMillis", percentiles(tally.rankMillis(50), tally.rankMillis(99)));
    figures.put(
        "rewardToServingMillis",
        percentiles(service.rewardToServing().p50Millis(), service.rewardToServing().p99Millis()));
    figures.put(
        "interactionToSessionMillis",
        percentiles(
            service.interactionToSession().p50Millis(),
            service.interactionToSession().p99Millis()));
    figures.put("criteria", criteria);
    return figures;
  }

  private Map<String, Object> arms() {
    Map<String, Object> arms = new LinkedHashMap<>();
    for (String arm : List.of(FrontPage.AWARE, FrontPage.BLIND, FrontPage.UNIFORM)) {
      ArmTally.Span all = tally.all(arm);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("decisions", all.decisions());
      figures.put("clickRate", all.clickRate());
      figures.put("interval", interval(tally.interval(arm)));
      figures.put("uniformRate", all.uniformRate());
      figures.put("bestRate", all.bestRate());
      figures.put("score", all.score());
      arms.put(arm, figures);
    }
    return arms;
  }

  private static Map<String, Object> policy(PolicyStatus policy) {
    PolicyEvaluation value = policy.getEvaluation();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("policy", policy.getPolicy());
    figures.put("eventsLearned", policy.getEventsLearned());
    figures.put("decisions", value.getCount());
    figures.put("ips", value.getIps());
    figures.put("snips", value.getSnips());
    figures.put("effectiveSampleSize", value.getEffectiveSampleSize());
    figures.put("interval", interval(value.getInterval()));
    figures.put("lift", interval(value.getLift()));
    return figures;
  }

  private static List<Double> interval(ConfidenceInterval interval) {
    return List.of(interval.getLower(), interval.getUpper());
  }

  private static Map<String, Double> percentiles(double p50, double p99) {
    return Map.of("p50", p50, "p99", p99);
  }
}
