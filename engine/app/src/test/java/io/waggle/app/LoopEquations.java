package io.waggle.app;

import io.waggle.app.report.MetricsPage;
import io.waggle.state.topic.Topics;
import java.util.ArrayList;
import java.util.List;

/** The equations of docs/metrics.md, on both pages as they were at one moment. */
final class LoopEquations {
  private final MetricsPage service;
  private final MetricsPage jobs;
  private final List<String> broken = new ArrayList<>();

  private LoopEquations(MetricsPage service, MetricsPage jobs) {
    this.service = service;
    this.jobs = jobs;
  }

  /** Equations of a surface's checkpointed counts that do not hold; nothing waits in them. */
  static List<String> broken(MetricsPage service, MetricsPage jobs, String surface) {
    LoopEquations equations = new LoopEquations(service, jobs);
    equations.ofSurface(surface);
    equations.ofDecoders();
    return equations.broken;
  }

  /**
   * The same with the service's: for a loop whose service has run since the start and wrote every
   * record but the rank-requests.
   *
   * @param surfaces every one that was used
   */
  static List<String> brokenAnywhere(MetricsPage service, MetricsPage jobs, String... surfaces) {
    LoopEquations equations = new LoopEquations(service, jobs);
    for (String surface : surfaces) {
      equations.ofSurface(surface);
    }
    equations.ofDecoders();
    equations.ofService();
    return equations.broken;
  }

  private void ofSurface(String surface) {
    equal(
        surface + ": rewards_received = learned + late + duplicate + orphan + rejected",
        count(surface, "rewards_received"),
        count(surface, "rewards_learned")
            + count(surface, "rewards_late")
            + count(surface, "rewards_duplicate")
            + count(surface, "rewards_orphan")
            + count(surface, "rewards_rejected"));
    equal(
        surface + ": derivation_received = without_rule + rewarded + unmatched + duplicate",
        count(surface, "derivation_received"),
        count(surface, "derivation_without_rule")
            + count(surface, "derivation_rewarded")
            + count(surface, "derivation_unmatched")
            + count(surface, "derivation_duplicate"));
    equal(
        surface + ": derivation_rewarded = rewards_derived",
        count(surface, "derivation_rewarded"),
        count(surface, "rewards_derived"));
    equal(surface + ": rewards_waiting = 0", count(surface, "rewards_waiting"), 0);
    equal(
        surface + ": decisions_received = learned + duplicate + unactivated",
        count(surface, "decisions_received"),
        count(surface, "decisions_learned")
            + count(surface, "decisions_duplicate")
            + count(surface, "decisions_unactivated"));
    equal(surface + ": decisions_waiting = 0", count(surface, "decisions_waiting"), 0);
    equal(
        surface + ": learner received = learned + rejected",
        count(surface, "learner_decisions_received"),
        count(surface, "learner_decisions_learned") + count(surface, "learner_decisions_rejected"));
    equal(
        surface + ": learner received = learned by the join",
        count(surface, "learner_decisions_received"),
        count(surface, "decisions_learned"));
    equal(
        surface + ": interactions_received = folded + duplicate + late",
        count(surface, "interactions_received"),
        count(surface, "interactions_folded")
            + count(surface, "interactions_duplicate")
            + count(surface, "interactions_late"));
    equal(
        surface + ": item_interactions_sent = counted",
        count(surface, "item_interactions_sent"),
        count(surface, "item_interactions_counted"));
    equal(
        surface + ": requests_received = answered + rejected",
        count(surface, "requests_received"),
        count(surface, "requests_answered") + count(surface, "requests_rejected"));
    equal(
        surface + ": rankings_made = pushed + unchanged",
        count(surface, "rankings_made"),
        count(surface, "rankings_pushed") + count(surface, "rankings_unchanged"));
  }

  private void ofDecoders() {
    for (String topic :
        List.of(
            Topics.INTERACTIONS,
            Topics.DECISIONS,
            Topics.REWARDS,
            Topics.RANK_REQUESTS,
            Topics.ITEMS)) {
      equal(
          topic + ": records_read = accepted + rejected",
          jobs.sum("_topic_records_read", "topic", topic),
          jobs.sum("_topic_records_accepted", "topic", topic)
              + jobs.sum("_topic_records_rejected", "topic", topic));
    }
  }

  private void ofService() {
    equal(
        "rankings answered + recovered = logged + dropped + pending",
        service.sum("waggle_rank_requests_total", "outcome", "ok")
            + service.sum("waggle_decisions_recovered_total"),
        service.sum("waggle_decisions_logged_total")
            + service.sum("waggle_decisions_dropped_total")
            + service.sum("waggle_decisions_pending"));
    equal(
        "decisions logged by service and job = received by the join",
        service.sum("waggle_decisions_logged_total") + jobs.sum("_surface_decisions_logged"),
        jobs.sum("_surface_decisions_received"));
    equal(
        "rewards accepted = received by the join",
        accepted("reward"),
        jobs.sum("_surface_rewards_received") - jobs.sum("_surface_rewards_derived"));
    equal(
        "activations accepted = received by the join",
        accepted("activation"),
        jobs.sum("_surface_activations_received"));
    equal(
        "interactions accepted = received by the fold",
        accepted("interaction"),
        jobs.sum("_surface_interactions_received"));
  }

  private double accepted(String kind) {
    return service.sum("waggle_feedback_total", "kind", kind, "outcome", "accepted");
  }

  private double count(String surface, String name) {
    return jobs.sum("_surface_" + name, "surface", surface);
  }

  private void equal(String equation, double left, double right) {
    if (Double.compare(left, right) != 0) {
      broken.add("%s: %.0f and %.0f".formatted(equation, left, right));
    }
  }
}
