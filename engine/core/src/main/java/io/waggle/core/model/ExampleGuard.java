package io.waggle.core.model;

import io.waggle.core.feature.Example;
import java.util.BitSet;
import java.util.List;
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
    return problem == null
        ? label("", "order[0]", example.actions().size(), chosen, cost, propensity)
        : problem;
  }

  /**
   * The same of an example of several slots. An action named twice, or none that is, ends the
   * process in VW.
   */
  @Nullable String problem(Example example, List<SlotOutcome> slots) {
    String problem = example.problem();
    if (problem != null) {
      return problem;
    }
    if (slots.isEmpty() || slots.size() != example.slots().size()) {
      return "slots: "
          + slots.size()
          + " (expected: one for each of "
          + example.slots().size()
          + ", at least one)";
    }
    int actions = example.actions().size();
    BitSet taken = new BitSet(actions);
    for (int i = 0; i < slots.size() && problem == null; i++) {
      SlotOutcome slot = slots.get(i);
      String field = "slots[" + i + "].";
      problem =
          label(field, field + "action", actions, slot.action(), slot.cost(), slot.propensity());
      if (problem == null && taken.get(slot.action())) {
        problem = field + "action: " + slot.action() + " (expected: in one slot only)";
      }
      if (problem == null) {
        taken.set(slot.action());
      }
    }
    return problem;
  }

  private @Nullable String label(
      String field, String actionField, int actions, int chosen, double cost, double propensity) {
    if (chosen < 0 || chosen >= actions) {
      return actionField + ": " + chosen + " (expected: one of " + actions + " actions)";
    }
    // Both written so that NaN fails.
    if (!(Math.abs(cost) <= COST_BOUND)) {
      return field + "cost: " + cost + " (expected: finite, at most 1e6)";
    }
    if (!(propensity >= minPropensity && propensity <= 1)) {
      return field + "propensity: " + propensity + " (expected: " + minPropensity + " to 1)";
    }
    return null;
  }
}
