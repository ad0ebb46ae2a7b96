package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.HeldReward;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.SlotReward;
import java.util.List;

/** A decision and the rewards it has so far, as the learner gets them. Pure. */
final class JoinedRewards {
  private JoinedRewards() {}

  /**
   * Aggregates slot by slot. A decision with slots is worth the mean of its slots' rewards: unlike
   * their sum it stays in the reward range without being cut, so it is their sum in another unit.
   *
   * @param rewards those not settled, each placed in its slot
   */
  static JoinedDecision of(
      JoinStage stage, Decision decision, List<HeldReward> rewards, RewardSettings settings) {
    JoinedDecision.Builder joined =
        JoinedDecision.newBuilder().setStage(stage).setDecision(decision);
    if (decision.getSlotsCount() == 0) {
      SlotReward only = slot(rewards, settings, joined);
      return joined.setReward(only.getReward()).setRewardCount(only.getRewardCount()).build();
    }
    double sum = 0;
    int count = 0;
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      int index = i;
      SlotReward slot =
          slot(
              rewards.stream().filter(reward -> reward.getSlot() == index).toList(),
              settings,
              joined);
      joined.addSlotRewards(slot);
      sum += slot.getReward();
      count += slot.getRewardCount();
    }
    return joined
        .setReward(settings.clamp(sum / decision.getSlotsCount()))
        .setRewardCount(count)
        .build();
  }

  private static SlotReward slot(
      List<HeldReward> rewards, RewardSettings settings, JoinedDecision.Builder joined) {
    if (rewards.isEmpty()) {
      return SlotReward.newBuilder().setReward(settings.defaultReward()).build();
    }
    List<HeldReward> counted = Aggregation.counted(rewards, settings);
    for (HeldReward reward : counted) {
      joined.setRewardTimeMillis(
          Math.max(joined.getRewardTimeMillis(), reward.getReceivedMillis()));
    }
    return SlotReward.newBuilder()
        .setReward(Aggregation.of(counted, settings))
        .setRewardCount(counted.size())
        .build();
  }
}
