package io.waggle.state.join;

import io.waggle.v1.HeldReward;
import io.waggle.v1.RewardAggregation;
import java.util.Comparator;
import java.util.List;

/** Several rewards of one decision (or of one slot) made one, for rewards of any sign. Pure. */
final class Aggregation {
  private static final Comparator<HeldReward> BY_EVENT_TIME =
      Comparator.comparingLong(HeldReward::getEventTimeMillis);

  private Aggregation() {}

  /** Those that count: where an explicit one came and it wins, the derived ones do not. */
  static List<HeldReward> counted(List<HeldReward> rewards, RewardSettings settings) {
    if (settings.derived().together() || rewards.stream().allMatch(HeldReward::getDerived)) {
      return rewards;
    }
    return rewards.stream().filter(reward -> !reward.getDerived()).toList();
  }

  /**
   * The surface's aggregate of at least one reward, all of which count, in order of arrival; of
   * rewards at the same time the one that arrived first is the first and the one that arrived last
   * the last.
   *
   * <p>The cap on derived rewards: where the aggregation adds rewards up, their sum is cut to it;
   * where it takes one, each of them is. Neither depends on the order of arrival. Sum and mean are
   * kept within the reward range: the sum because the range is what estimators rely on, the mean
   * because rounding may leave it by an ulp.
   */
  static double of(List<HeldReward> rewards, RewardSettings settings) {
    RewardAggregation aggregation = settings.aggregation();
    return switch (aggregation) {
      case REWARD_AGGREGATION_FIRST ->
          value(rewards.stream().min(BY_EVENT_TIME).orElseThrow(), settings);
      case REWARD_AGGREGATION_LAST ->
          value(
              rewards.stream()
                  .reduce((a, b) -> BY_EVENT_TIME.compare(a, b) <= 0 ? b : a)
                  .orElseThrow(),
              settings);
      case REWARD_AGGREGATION_SUM -> settings.clamp(sum(rewards, settings));
      case REWARD_AGGREGATION_MEAN -> settings.clamp(sum(rewards, settings) / rewards.size());
      case REWARD_AGGREGATION_MIN ->
          rewards.stream().mapToDouble(reward -> value(reward, settings)).min().orElseThrow();
      case REWARD_AGGREGATION_MAX ->
          rewards.stream().mapToDouble(reward -> value(reward, settings)).max().orElseThrow();
      case REWARD_AGGREGATION_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("RewardSettings lets no such aggregation through");
    };
  }

  private static double sum(List<HeldReward> rewards, RewardSettings settings) {
    double explicit = 0;
    double derived = 0;
    for (HeldReward reward : rewards) {
      if (reward.getDerived()) {
        derived += reward.getValue();
      } else {
        explicit += reward.getValue();
      }
    }
    return explicit + capped(derived, settings);
  }

  private static double value(HeldReward reward, RewardSettings settings) {
    return reward.getDerived() ? capped(reward.getValue(), settings) : reward.getValue();
  }

  private static double capped(double derived, RewardSettings settings) {
    double cap = settings.derived().cap();
    return Math.min(cap, Math.max(-cap, derived));
  }
}
