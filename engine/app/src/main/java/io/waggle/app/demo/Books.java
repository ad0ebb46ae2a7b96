package io.waggle.app.demo;

import io.waggle.app.report.MetricsPage;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Whether every count is accounted for: the crowd's own counts against the service's metrics, those
 * against the jobs', and each job's own equations. Meant for when nothing is under way.
 */
final class Books {
  private final MetricsPage service;
  private final MetricsPage jobs;
  private final List<Criterion> criteria = new ArrayList<>();

  private Books(MetricsPage service, MetricsPage jobs) {
    this.service = service;
    this.jobs = jobs;
  }

  /**
   * Decisions and rewards whose window is still open, and joined decisions that the learner has not
   * got yet.
   */
  static double waiting(MetricsPage jobs) {
    return jobs.sum("_surface_decisions_waiting")
        + jobs.sum("_surface_rewards_waiting")
        + jobs.sum("_surface_decisions_learned")
        - jobs.sum("_surface_learner_decisions_received");
  }

  /** Decisions that the join has seen. */
  static double received(MetricsPage jobs) {
    return jobs.sum("surface_decisions_received");
  }

  static List<Criterion> balance(
      Tally.Totals sent, MetricsPage service, MetricsPage jobs, long deadLetters) {
    Books books = new Books(service, jobs);
    books.ranked(sent);
    books.joined();
    books.rewarded(sent);
    books.tracked(sent);
    books.learned();
    books.criteria.add(
        new Criterion("nothing went to dead letters", deadLetters == 0, deadLetters + " records"));
    return List.copyOf(books.criteria);
  }

  private void ranked(Tally.Totals sent) {
    double logged = service.sum("waggle_decisions_logged_total");
    double dropped = service.sum("waggle_decisions_dropped_total");
    double pending = service.sum("waggle_decisions_pending");
    equal(
        "rankings answered + recovered = logged + dropped + pending",
        service.sum("waggle_rank_requests_total", "outcome", "ok")
            + service.sum("waggle_decisions_recovered_total"),
        part("logged", logged),
        part("dropped", dropped),
        part("pending", pending));
    equal("rankings the crowd got = logged", (double) sent.ranked(), part("logged", logged));
  }

  private void joined() {
    equal(
        "decisions logged = received by the join",
        service.sum("waggle_decisions_logged_total") + job("decisions_logged"),
        part("received", job("decisions_received")));
    equal(
        "decisions = learned + waiting + duplicate + unactivated",
        job("decisions_received"),
        part("learned", job("decisions_learned")),
        part("waiting", job("decisions_waiting")),
        part("duplicate", job("decisions_duplicate")),
        part("unactivated", job("decisions_unactivated")));
  }

  private void rewarded(Tally.Totals sent) {
    equal(
        "rewards sent = accepted by the service",
        (double) sent.rewarded(),
        part(
            "accepted",
            service.sum("waggle_feedback_total", "kind", "reward", "outcome", "accepted")));
    equal(
        "rewards accepted = received by the join",
        service.sum("waggle_feedback_total", "kind", "reward", "outcome", "accepted"),
        part("received", job("rewards_received")));
    equal(
        "rewards = learned + waiting + late + duplicate + orphan + rejected",
        job("rewards_received"),
        part("learned", job("rewards_learned")),
        part("waiting", job("rewards_waiting")),
        part("late", job("rewards_late")),
        part("duplicate", job("rewards_duplicate")),
        part("orphan", job("rewards_orphan")),
        part("rejected", job("rewards_rejected")));
  }

  private void tracked(Tally.Totals sent) {
    equal(
        "interactions tracked = received by the session job",
        (double) sent.tracked(),
        part("received", job("interactions_received")));
    equal(
        "interactions = folded + duplicate + late",
        job("interactions_received"),
        part("folded", job("interactions_folded")),
        part("duplicate", job("interactions_duplicate")),
        part("late", job("interactions_late")));
  }

  private void learned() {
    equal(
        "decisions joined = learned + refused by the learner",
        job("decisions_learned"),
        part("learned", jobs.sum("surface_learner_decisions_learned")),
        part("refused", jobs.sum("surface_learner_decisions_rejected")));
  }

  private record Part(String name, double value) {}

  private static Part part(String name, double value) {
    return new Part(name, value);
  }

  private double job(String name) {
    return jobs.sum("_surface_" + name);
  }

  private void equal(String name, double whole, Part... parts) {
    double sum = 0;
    StringJoiner figures = new StringJoiner(" + ");
    for (Part part : parts) {
      sum += part.value();
      figures.add("%s %.0f".formatted(part.name(), part.value()));
    }
    criteria.add(
        new Criterion(
            name, Double.compare(whole, sum) == 0, "%.0f = %s".formatted(whole, figures)));
  }
}
