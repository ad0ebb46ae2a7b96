package io.waggle.jobs.learn;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/**
 * The learner's gauges. By label {@code surface}: {@code learner_decisions_received =
 * learner_decisions_learned + learner_decisions_rejected}, checkpointed; what is received is what
 * the join learned. By labels {@code surface} and {@code policy}: {@code events_learned}, {@code
 * rejected}, {@code unweighted} (closed, but not predicted when shown), {@code published_version},
 * {@code model_bytes_millis} (what taking the bytes cost last), {@code condition} (the number of
 * {@code PolicyCondition}: 0 runs, 1 paused, 2 warming, 3 stopped). A policy's gauges come and go
 * with it. One thread; a reporter's thread reads the gauges without a lock.
 */
final class LearnMetrics {
  private final MetricGroup metrics;
  private final Map<String, MetricGroup> surfaces = new HashMap<>();
  private final Map<PolicyRun, MetricGroup> policies = new HashMap<>();

  LearnMetrics(MetricGroup metrics) {
    this.metrics = metrics;
  }

  /** Registers what is new of a surface and removes what has left it. */
  void follow(SurfaceRun surface) {
    MetricGroup group = surfaces.computeIfAbsent(surface.name(), name -> register(surface));
    Iterator<Map.Entry<PolicyRun, MetricGroup>> registered = policies.entrySet().iterator();
    while (registered.hasNext()) {
      Map.Entry<PolicyRun, MetricGroup> policy = registered.next();
      boolean ofSurface = policy.getKey().surface().equals(surface.name());
      if (ofSurface && !surface.policies().contains(policy.getKey())) {
        remove(policy.getValue());
        registered.remove();
      }
    }
    for (PolicyRun policy : surface.policies()) {
      policies.computeIfAbsent(policy, run -> register(group, run));
    }
  }

  private MetricGroup register(SurfaceRun surface) {
    MetricGroup group = metrics.addGroup("surface", surface.name());
    group.gauge("learner_decisions_received", (Gauge<Long>) surface::received);
    group.gauge("learner_decisions_learned", (Gauge<Long>) surface::learned);
    group.gauge("learner_decisions_rejected", (Gauge<Long>) surface::rejected);
    return group;
  }

  private static MetricGroup register(MetricGroup surface, PolicyRun policy) {
    MetricGroup group = surface.addGroup("policy", policy.name());
    group.gauge("events_learned", (Gauge<Long>) policy::eventsLearned);
    group.gauge("rejected", (Gauge<Long>) policy::rejected);
    group.gauge("unweighted", (Gauge<Long>) policy::unweighted);
    group.gauge("published_version", (Gauge<Long>) () -> policy.publication().publishedVersion());
    group.gauge(
        "model_bytes_millis", (Gauge<Double>) () -> policy.publication().modelBytesNanos() / 1e6);
    group.gauge("condition", (Gauge<Integer>) () -> policy.condition().getNumber());
    return group;
  }

  /** Flink's public interface cannot take a group away again, its own groups can. */
  private static void remove(MetricGroup group) {
    if (group instanceof AbstractMetricGroup<?> closeable) {
      closeable.close();
    }
  }
}
