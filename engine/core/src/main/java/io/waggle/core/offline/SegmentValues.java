package io.waggle.core.offline;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.v1.PolicyEvaluation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A policy's values where a feature has this value or that: the first {@value #MOST} values of the
 * log each, all further ones together. One thread.
 */
final class SegmentValues {
  /** Most values that are told apart. */
  static final int MOST = 20;

  /** Longest value that is told apart, characters. */
  private static final int LONGEST = 100;

  /** Where the others count. */
  static final String OTHER = "(other)";

  private final Supplier<PolicyEvaluator> fresh;
  private final Map<String, PolicyEvaluator> byValue = new LinkedHashMap<>();

  SegmentValues(Supplier<PolicyEvaluator> fresh) {
    this.fresh = fresh;
  }

  /** The value's own evaluation, or that of the others. */
  PolicyEvaluator of(String value) {
    PolicyEvaluator known = byValue.get(value);
    if (known != null) {
      return known;
    }
    boolean told = byValue.size() < MOST && value.length() <= LONGEST;
    return byValue.computeIfAbsent(told ? value : OTHER, unused -> fresh.get());
  }

  Map<String, PolicyEvaluation> evaluations() {
    Map<String, PolicyEvaluation> evaluations = new LinkedHashMap<>();
    byValue.forEach((value, evaluator) -> evaluations.put(value, evaluator.evaluate().build()));
    return evaluations;
  }
}
