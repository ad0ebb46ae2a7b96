package io.waggle.core.rule;

import io.waggle.v1.ActionFactors;
import io.waggle.v1.Decision;
import io.waggle.v1.SlotDecision;
import java.util.BitSet;
import java.util.List;

/** What holds between the factors of a decision and its actions. Pure; any thread. */
final class FactorRules {
  private FactorRules() {}

  /** One factor for each action named, each named once; what was chosen could be. */
  static void decision(Decision decision, List<Violation> violations) {
    int actions = decision.getActionsCount();
    if (decision.hasFactors() && decision.getOrderCount() > 0) {
      factors("", decision.getFactors(), decision.getOrder(0), actions, violations);
    }
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      SlotDecision slot = decision.getSlots(i);
      if (slot.hasFactors()) {
        factors("slots[" + i + "].", slot.getFactors(), slot.getAction(), actions, violations);
      }
    }
  }

  private static void factors(
      String prefix, ActionFactors factors, int chosen, int actions, List<Violation> violations) {
    int named = factors.getActionsCount();
    if (factors.getFactorsCount() != named) {
      violations.add(
          new Violation(
              prefix + "factors.factors",
              "one per action named: " + named + ", not " + factors.getFactorsCount()));
      return;
    }
    BitSet seen = new BitSet(actions);
    double ofChosen = factors.getOthers();
    for (int i = 0; i < named; i++) {
      // Unsigned on the wire: a huge index reads as a negative one.
      int action = factors.getActions(i);
      if (action < 0 || action >= actions || seen.get(action)) {
        violations.add(
            new Violation(
                prefix + "factors.actions[" + i + "]",
                "distinct indices of actions, below "
                    + actions
                    + ", not "
                    + Integer.toUnsignedString(action)));
        return;
      }
      seen.set(action);
      ofChosen = action == chosen ? factors.getFactors(i) : ofChosen;
    }
    if (ofChosen == 0) {
      violations.add(
          new Violation(prefix + "factors.factors", "above 0 for the action that was chosen"));
    }
  }
}
