package io.waggle.core.rank;

import io.waggle.core.model.ServingModels;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.RankedSlot;
import io.waggle.v1.Session;
import io.waggle.v1.SlotDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision as its answer. Pure. */
final class RankAnswer {
  private RankAnswer() {}

  /**
   * The answer.
   *
   * @param model that it was drawn by; version 0: no model
   * @param session that was used or null
   */
  static RankResponse of(
      Decision decision, ServingModels.Version model, @Nullable Session session) {
    RankResponse.Builder response =
        RankResponse.newBuilder()
            .setDecisionId(decision.getDecisionId())
            .setChosenActionId(decision.getActions(decision.getOrder(0)).getId())
            .setPolicy(decision.getPolicy())
            .setModelVersion(model.version())
            .setEventsLearned(model.eventsLearned())
            .setSessionVersion(decision.getSessionVersion())
            .setItemsSelected(decision.getRetrieval().getSelected());
    if (model.version() > 0) {
      response.setModelAgeMillis(
          Math.max(0, decision.getEventTimeMillis() - model.createdMillis()));
    }
    if (session != null && session.getLastMillis() > 0) {
      response.setSessionAgeMillis(
          Math.max(0, decision.getEventTimeMillis() - session.getLastMillis()));
    }
    for (int action : decision.getOrderList()) {
      response.addRanking(
          RankedAction.newBuilder()
              .setActionId(decision.getActions(action).getId())
              .setProbability(decision.getProbabilities(action)));
    }
    for (ConstraintEffect pin : pinnedBehind(decision)) {
      response.addRanking(
          pin.getPinnedPlace() - 1, RankedAction.newBuilder().setActionId(pin.getPinned()));
    }
    for (SlotDecision slot : decision.getSlotsList()) {
      response.addSlots(
          RankedSlot.newBuilder()
              .setSlotId(slot.getSlot().getId())
              .setActionId(decision.getActions(slot.getAction()).getId())
              .setProbability(slot.getPropensity()));
    }
    return response.build();
  }

  /** Pins behind the first place of a single ranking: the policy's order is without them. */
  private static List<ConstraintEffect> pinnedBehind(Decision decision) {
    if (decision.getConstraintsCount() == 0 || decision.getSlotsCount() > 0) {
      return List.of();
    }
    List<ConstraintEffect> pins = new ArrayList<>(decision.getConstraintsCount());
    for (ConstraintEffect effect : decision.getConstraintsList()) {
      if (effect.getPinnedPlace() > 1) {
        pins.add(effect);
      }
    }
    pins.sort(Comparator.comparingInt(ConstraintEffect::getPinnedPlace));
    return pins;
  }
}
