package io.waggle.jobs.session;

import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What constraints did since the operator started, by surface and constraint: {@code
 * actions_excluded}, {@code actions_penalized}, {@code actions_pinned}, {@code places_kept_back},
 * {@code constraint_unmet}. As many counters as the surfaces have constraints. One thread.
 */
final class ConstraintCounters {
  private final MetricGroup operator;
  private final Map<String, Map<String, Counts>> counts = new HashMap<>();

  private record Counts(
      Counter excluded, Counter penalized, Counter pinned, Counter keptBack, Counter unmet) {}

  ConstraintCounters(MetricGroup operator) {
    this.operator = operator;
  }

  /** Counts what was done to a decision. */
  void add(Decision decision) {
    for (int i = 0; i < decision.getConstraintsCount(); i++) {
      ConstraintEffect effect = decision.getConstraints(i);
      Counts of =
          counts
              .computeIfAbsent(decision.getSurface(), surface -> new HashMap<>())
              .computeIfAbsent(
                  effect.getConstraint(),
                  constraint -> register(decision.getSurface(), constraint));
      of.excluded().inc(effect.getExcludedCount());
      of.penalized().inc(effect.getPenalized());
      of.pinned().inc(effect.getPinned().isEmpty() ? 0 : 1);
      of.keptBack().inc(effect.getKeptBack());
      of.unmet().inc(effect.getUnmet());
    }
  }

  private Counts register(String surface, String constraint) {
    MetricGroup group = operator.addGroup("surface", surface).addGroup("constraint", constraint);
    return new Counts(
        group.counter("actions_excluded"),
        group.counter("actions_penalized"),
        group.counter("actions_pinned"),
        group.counter("places_kept_back"),
        group.counter("constraint_unmet"));
  }
}
