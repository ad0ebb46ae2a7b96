package io.waggle.jobs.learn;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * The learner's gauges. By label {@code surface}: {@code learner_decisions_received =
 * learner_decisions_learned + learner_decisions_rejected}, checkpointed; what is received is what
 * the join learned. By labels {@code surface} and {@code policy}: {@code events_learned}, {@code
 * rejected}, {@code published_version}, {@code model_bytes_millis} (what taking the bytes cost
 * last).
 */
final class LearnMetrics {
  private LearnMetrics() {}

  /** Registers the gauges; a reporter's thread reads them without a lock. */
  static void register(MetricGroup metrics, SurfaceRun surface) {
    MetricGroup group = metrics.addGroup("surface", surface.name());
    group.gauge("learner_decisions_received", (Gauge<Long>) surface::received);
    group.gauge("learner_decisions_learned", (Gauge<Long>) surface::learned);
    group.gauge("learner_decisions_rejected", (Gauge<Long>) surface::rejected);
    for (PolicyRun policy : surface.policies()) {
      MetricGroup policyGroup = group.addGroup("policy", policy.name());
      policyGroup.gauge("events_learned", (Gauge<Long>) policy::eventsLearned);
      policyGroup.gauge("rejected", (Gauge<Long>) policy::rejected);
      policyGroup.gauge("published_version", (Gauge<Long>) policy::publishedVersion);
      policyGroup.gauge("model_bytes_millis", (Gauge<Double>) () -> policy.modelBytesNanos() / 1e6);
    }
  }
}
