package io.waggle.state.join;

import io.waggle.v1.Action;
import io.waggle.v1.Activation;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** Records, settings and the counter equations for the tests of the join. */
final class Joins {
  static final long WINDOW = 1_000;

  private Joins() {}

  static RewardSettings settings(RewardAggregation aggregation, LearnWhen learnWhen) {
    return new RewardSettings(Duration.ofMillis(WINDOW), -0.5, -10, 10, aggregation, learnWhen);
  }

  static RewardSettings atWindowEnd() {
    return settings(RewardAggregation.REWARD_AGGREGATION_SUM, LearnWhen.LEARN_WHEN_WINDOW_END);
  }

  static RewardSettings atFirstReward() {
    return settings(RewardAggregation.REWARD_AGGREGATION_SUM, LearnWhen.LEARN_WHEN_REWARD);
  }

  /** Any rule: what is derived is made by the tests themselves. */
  static RewardSettings derived(
      RewardAggregation aggregation, LearnWhen learnWhen, double cap, boolean together) {
    return new RewardSettings(
        Duration.ofMillis(WINDOW),
        -0.5,
        -10,
        10,
        aggregation,
        learnWhen,
        new DerivationSettings(List.of(), cap, together));
  }

  /** A decision among actions a, b and c that chose a. */
  static Decision decision(String id, long timeMillis, boolean deferred) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface("home")
            .setUserId("user")
            .setEventTimeMillis(timeMillis)
            .setPropensity(0.5)
            .addContext(Namespace.newBuilder().setName("context"))
            .addAllOrder(List.of(0, 1, 2))
            .addAllProbabilities(List.of(0.5, 0.25, 0.25))
            .setDeferred(deferred);
    for (String action : List.of("a", "b", "c")) {
      decision.addActions(
          Action.newBuilder().setId(action).addNamespaces(Namespace.newBuilder().setName("item")));
    }
    return decision.build();
  }

  /** The same that filled slot {@code top} with a and {@code side} with c. */
  static Decision withSlots(Decision decision) {
    return decision.toBuilder().addSlots(slot("top", 0)).addSlots(slot("side", 2)).build();
  }

  private static SlotDecision slot(String id, int action) {
    return SlotDecision.newBuilder()
        .setSlot(Slot.newBuilder().setId(id).addFeatures(Namespace.newBuilder().setName("place")))
        .setAction(action)
        .setPropensity(0.5)
        .addAllProbabilities(List.of(0.5, 0.25, 0.25))
        .build();
  }

  static Reward reward(String decisionId, String rewardId, long timeMillis, double value) {
    return Reward.newBuilder()
        .setDecisionId(decisionId)
        .setRewardId(rewardId)
        .setSurface("home")
        .setEventTimeMillis(timeMillis)
        .setValue(value)
        .build();
  }

  /** A reward derived from an interaction of {@code user} with an item. */
  static Reward derived(
      String decisionId, String interactionId, long timeMillis, double value, String item) {
    return reward(decisionId, interactionId, timeMillis, value).toBuilder()
        .setDerived(true)
        .setUserId("user")
        .setItemId(item)
        .build();
  }

  static Reward activation(String decisionId, long timeMillis) {
    return Reward.newBuilder()
        .setDecisionId(decisionId)
        .setRewardId("activation")
        .setSurface("home")
        .setEventTimeMillis(timeMillis)
        .setActivation(Activation.getDefaultInstance())
        .build();
  }

  /** What is missing on the right side of the rewards' equation; 0: it holds. */
  static long unaccountedRewards(Collection<JoinCounts> all) {
    return all.stream()
        .mapToLong(
            counts ->
                counts.getRewardsReceived()
                    - counts.getRewardsLearned()
                    - counts.getRewardsWaiting()
                    - counts.getRewardsLate()
                    - counts.getRewardsDuplicate()
                    - counts.getRewardsOrphan()
                    - counts.getRewardsRejected())
        .sum();
  }

  /** What is missing on the right side of the decisions' equation; 0: it holds. */
  static long unaccountedDecisions(Collection<JoinCounts> all) {
    return all.stream()
        .mapToLong(
            counts ->
                counts.getDecisionsReceived()
                    - counts.getDecisionsLearned()
                    - counts.getDecisionsWaiting()
                    - counts.getDecisionsDuplicate()
                    - counts.getDecisionsUnactivated())
        .sum();
  }
}
