package io.waggle.state.join;

import io.waggle.v1.Activation;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import java.time.Duration;
import java.util.Collection;

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

  static Decision decision(String id, long timeMillis, boolean deferred) {
    return Decision.newBuilder()
        .setDecisionId(id)
        .setSurface("home")
        .setUserId("user")
        .setEventTimeMillis(timeMillis)
        .setPropensity(0.5)
        .setDeferred(deferred)
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
