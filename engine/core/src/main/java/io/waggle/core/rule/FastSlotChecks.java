package io.waggle.core.rule;

import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.util.List;

/** The part of {@link FastChecks} about slots. Pure; any thread. */
final class FastSlotChecks {
  private static final int MAX_SLOTS = 50;
  private static final int MAX_NAMESPACES = 4;

  private FastSlotChecks() {}

  static boolean slots(List<Slot> slots) {
    int count = slots.size();
    if (count > MAX_SLOTS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!slot(slots.get(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean slotDecisions(List<SlotDecision> slots) {
    int count = slots.size();
    if (count > MAX_SLOTS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!slotDecision(slots.get(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean slot(Slot slot) {
    return FastChecks.filled(slot.getId(), FastChecks.ID_BYTES)
        && FastChecks.namespaces(slot.getFeaturesList(), MAX_NAMESPACES);
  }

  static boolean slotDecision(SlotDecision slot) {
    return slot.hasSlot()
        && slot(slot.getSlot())
        && slot.getPropensity() > 0
        && slot.getPropensity() <= 1
        && slot.getProbabilitiesCount() <= FastChecks.MAX_ACTIONS
        && FastConstraintChecks.factors(slot.getFactors());
  }
}
