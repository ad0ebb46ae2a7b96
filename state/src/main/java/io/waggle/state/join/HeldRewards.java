package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.HeldReward;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.PendingDecisionOrBuilder;
import io.waggle.v1.Reward;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rewards that a waiting decision holds. Pure. */
final class HeldRewards {
  private static final int NO_SLOT = -1;

  private HeldRewards() {}

  static HeldReward held(Reward reward, long receivedMillis) {
    return HeldReward.newBuilder()
        .setRewardId(reward.getRewardId())
        .setValue(reward.getValue())
        .setEventTimeMillis(reward.getEventTimeMillis())
        .setReceivedMillis(receivedMillis)
        .setDerived(reward.getDerived())
        .setSlotId(reward.getSlotId())
        .setUserId(reward.getDerived() ? reward.getUserId() : "")
        .setItemId(reward.getDerived() ? reward.getItemId() : "")
        .build();
  }

  /** What recognising its repeats needs. */
  static HeldReward settled(String rewardId, boolean derived) {
    return HeldReward.newBuilder()
        .setRewardId(rewardId)
        .setDerived(derived)
        .setSettled(true)
        .build();
  }

  static List<HeldReward> unsettled(List<HeldReward> rewards) {
    List<HeldReward> unsettled = new ArrayList<>(rewards.size());
    for (HeldReward reward : rewards) {
      if (!reward.getSettled()) {
        unsettled.add(reward);
      }
    }
    return unsettled;
  }

  /** True: a reward of that id was seen; one without an id cannot be told from another. */
  static boolean remembers(PendingDecisionOrBuilder state, Reward reward) {
    if (reward.getRewardId().isEmpty()) {
      return false;
    }
    for (HeldReward held : state.getRewardsList()) {
      if (held.getDerived() == reward.getDerived()
          && held.getRewardId().equals(reward.getRewardId())) {
        return true;
      }
    }
    return false;
  }

  /** The state with a late reward's id, where there is room for it. */
  static PendingDecision remembering(PendingDecision state, Reward reward) {
    return full(state, reward.getDerived()) || reward.getRewardId().isEmpty()
        ? state
        : state.toBuilder().addRewards(settled(reward.getRewardId(), reward.getDerived())).build();
  }

  /** True: no room for one more; derived rewards have half of it, so explicit ones find theirs. */
  static boolean full(PendingDecisionOrBuilder state, boolean derived) {
    if (state.getRewardsCount() >= RewardJoin.MAX_REWARDS) {
      return true;
    }
    return derived
        && state.getRewardsList().stream().filter(HeldReward::getDerived).count()
            >= RewardJoin.MAX_DERIVED_REWARDS;
  }

  /**
   * The reward in its slot of the decision that has come; null: it is not the decision's. A slot's
   * name must be known; a derived reward must be of the decision's user, where it has one, and of
   * an item that was chosen, where it names one.
   */
  static @Nullable HeldReward placed(HeldReward held, PendingDecisionOrBuilder state) {
    String user = state.getDecision().getUserId();
    if (!held.getUserId().isEmpty() && !user.isEmpty() && !held.getUserId().equals(user)) {
      return null;
    }
    int slot =
        held.getItemId().isEmpty()
            ? slotOf(held.getSlotId(), state.getDecision())
            : state.getChosenActionsList().indexOf(held.getItemId());
    if (slot == NO_SLOT) {
      return null;
    }
    return held.toBuilder().clearSlotId().clearUserId().clearItemId().setSlot(slot).build();
  }

  private static int slotOf(String slotId, Decision decision) {
    if (slotId.isEmpty()) {
      return 0;
    }
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      if (decision.getSlots(i).getSlot().getId().equals(slotId)) {
        return i;
      }
    }
    return NO_SLOT;
  }
}
