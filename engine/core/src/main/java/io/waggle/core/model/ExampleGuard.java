package io.waggle.core.model;

import io.waggle.core.feature.Example;
import org.jspecify.annotations.Nullable;

/**
 * The gate in front of VW's native code, where a bad value is not an error but a ruined model or a
 * dead process: one event with cost infinity or propensity 0 stops a trained model from learning,
 * silently. Pure.
 *
 * @param minPropensity smallest propensity that may be learned; in (0, 1]
 */
record ExampleGuard(double minPropensity) {
  /** Largest absolute cost: what the contract allows for any number. */
  private static final double COST_BOUND = 1e6;

  ExampleGuard {
    if (!(minPropensity > 0 && minPropensity <= 1)) {
      throw new IllegalArgumentException(
          "min_propensity: " + minPropensity + " (expected: in (0, 1])");
    }
  }

  /** Why the example must not be learned, as {@code field: value (expected: ...)}; null: it may. */
  @Nullable String problem(Example example, int chosen, double cost, double propensity) {
    String problem = example.problem();
    if (problem != null) {
      return problem;
    }
    if (chosen < 0 || chosen >= example.actions().size()) {
      return "order[0]: " + chosen + " (expected: one of " + example.actions().size() + " actions)";
    }
    // Both written so that NaN fails.
    if (!(Math.abs(cost) <= COST_BOUND)) {
      return "cost: " + cost + " (expected: finite, at most 1e6)";
    }
    if (!(propensity >= minPropensity && propensity <= 1)) {
      return "propensity: " + propensity + " (expected: " + minPropensity + " to 1)";
    }
    return null;
  }
}
