package io.waggle.core.model;

import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.SlotDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The slots of a joined decision, as they were filled, with their rewards. Immutable.
 *
 * @param ids the slots
 * @param outcomes what came of them, in the same order
 */
public record JoinedSlots(List<String> ids, List<SlotOutcome> outcomes) {
  /**
   * Takes a decision apart.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when its slots are no
   *     distinct actions, or have no reward each
   */
  public static JoinedSlots of(JoinedDecision joined) {
    Decision decision = joined.getDecision();
    int slots = decision.getSlotsCount();
    if (joined.getSlotRewardsCount() != slots) {
      throw new IllegalArgumentException(
          "slot_rewards: %d (expected: one for each of %d slots)"
              .formatted(joined.getSlotRewardsCount(), slots));
    }
    List<String> ids = new ArrayList<>(slots);
    List<SlotOutcome> outcomes = new ArrayList<>(slots);
    BitSet taken = new BitSet(decision.getActionsCount());
    for (int i = 0; i < slots; i++) {
      SlotDecision slot = decision.getSlots(i);
      int action = slot.getAction();
      if (action < 0 || action >= decision.getActionsCount() || taken.get(action)) {
        throw new IllegalArgumentException(
            "slots[%d].action: %s (expected: distinct, below %d)"
                .formatted(i, Integer.toUnsignedString(action), decision.getActionsCount()));
      }
      taken.set(action);
      ids.add(slot.getSlot().getId());
      outcomes.add(
          new SlotOutcome(action, -joined.getSlotRewards(i).getReward(), slot.getPropensity()));
    }
    return new JoinedSlots(List.copyOf(ids), List.copyOf(outcomes));
  }

  /** How many. */
  public int size() {
    return ids.size();
  }

  /** The actions of the slots before. */
  public int[] earlier(int slot) {
    return Arrays.copyOf(outcomes.stream().mapToInt(SlotOutcome::action).toArray(), slot);
  }

  /** {@code double[slots]}, each given the slots before. */
  public double[] propensities() {
    return outcomes.stream().mapToDouble(SlotOutcome::propensity).toArray();
  }

  /** {@code double[slots]}. */
  public double[] rewards() {
    return outcomes.stream().mapToDouble(outcome -> -outcome.cost()).toArray();
  }
}
