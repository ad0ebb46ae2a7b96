package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.SlotDecision;
import java.util.ArrayList;
import java.util.List;

/** What is kept of a decision when its features are no longer needed. Pure. */
final class Decisions {
  private Decisions() {}

  /**
   * Ids of the chosen actions: one a slot, one where there are no slots. Empty text for an index
   * that names no action.
   */
  static List<String> chosenActions(Decision decision) {
    List<String> chosen = new ArrayList<>(Math.max(1, decision.getSlotsCount()));
    if (decision.getSlotsCount() == 0) {
      chosen.add(decision.getOrderCount() == 0 ? "" : actionId(decision, decision.getOrder(0)));
    }
    for (SlotDecision slot : decision.getSlotsList()) {
      chosen.add(actionId(decision, slot.getAction()));
    }
    return chosen;
  }

  private static String actionId(Decision decision, int index) {
    return index < 0 || index >= decision.getActionsCount()
        ? ""
        : decision.getActions(index).getId();
  }

  /**
   * Who decided what when, with which propensity; no features and no other action's probability.
   */
  static Decision withoutFeatures(Decision decision) {
    Decision.Builder slim =
        decision.toBuilder().clearContext().clearSession().clearActions().clearProbabilities();
    for (SlotDecision.Builder slot : slim.getSlotsBuilderList()) {
      slot.clearProbabilities().getSlotBuilder().clearFeatures();
    }
    return slim.build();
  }

  /** What recognising repeats needs. */
  static Decision idsOnly(Decision decision) {
    return Decision.newBuilder()
        .setDecisionId(decision.getDecisionId())
        .setSurface(decision.getSurface())
        .setEventTimeMillis(decision.getEventTimeMillis())
        .build();
  }
}
