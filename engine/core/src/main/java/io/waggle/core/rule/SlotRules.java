package io.waggle.core.rule;

import io.waggle.v1.Decision;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What holds between the slots of a message and its other fields. Pure; any thread. */
final class SlotRules {
  private SlotRules() {}

  /** Slot ids are unique, and there are actions enough; none named are the catalogue's. */
  static List<Violation> request(RankRequest request, List<Violation> violations) {
    uniqueIds(request.getSlotsList(), "slots[", "].id", violations);
    int actions = request.getActionsCount();
    if (actions > 0 && request.getSlotsCount() > actions) {
      violations.add(
          new Violation(
              "slots",
              "at most as many as actions: " + actions + ", not " + request.getSlotsCount()));
    }
    return violations;
  }

  /**
   * Slot ids are unique, no action fills two slots, the order begins with the slots' actions, the
   * propensity is the first slot's, and each slot's probabilities are none or a distribution over
   * the actions that are left.
   */
  static List<Violation> decision(Decision decision, List<Violation> violations) {
    List<SlotDecision> slots = decision.getSlotsList();
    if (slots.isEmpty()) {
      return violations;
    }
    uniqueIds(
        slots.stream().map(SlotDecision::getSlot).toList(), "slots[", "].slot.id", violations);
    if (decision.getPropensity() != slots.get(0).getPropensity()) {
      violations.add(new Violation("propensity", "that of the first slot"));
    }
    BitSet taken = new BitSet(decision.getActionsCount());
    for (int i = 0; i < slots.size(); i++) {
      int action = slots.get(i).getAction();
      String prefix = "slots[" + i + "].";
      if (i >= decision.getOrderCount() || decision.getOrder(i) != action) {
        violations.add(new Violation("order", "to begin with the slots' actions"));
        return violations;
      }
      // The order's own rules have refused what is no action, and an action named twice.
      if (action < 0 || action >= decision.getActionsCount()) {
        return violations;
      }
      slotProbabilities(prefix, slots.get(i), taken, decision.getActionsCount(), violations);
      taken.set(action);
    }
    return violations;
  }

  private static void slotProbabilities(
      String prefix, SlotDecision slot, BitSet taken, int actions, List<Violation> violations) {
    int before = violations.size();
    CrossFieldRules.probabilities(prefix, slot.getProbabilitiesList(), actions, violations);
    if (violations.size() > before || slot.getProbabilitiesCount() == 0) {
      return;
    }
    for (int other = taken.nextSetBit(0); other >= 0; other = taken.nextSetBit(other + 1)) {
      if (slot.getProbabilities(other) != 0) {
        violations.add(
            new Violation(
                prefix + "probabilities[" + other + "]", "0, as a slot before has the action"));
      }
    }
  }

  private static void uniqueIds(
      List<Slot> slots, String before, String after, List<Violation> violations) {
    if (slots.isEmpty()) {
      return;
    }
    Map<String, Integer> firstIndexById = new HashMap<>(2 * slots.size());
    for (int i = 0; i < slots.size(); i++) {
      Integer first = firstIndexById.putIfAbsent(slots.get(i).getId(), i);
      if (first != null) {
        violations.add(
            new Violation(before + i + after, "unique, but equals " + before + first + after));
      }
    }
  }
}
