package io.waggle.state.join;

import io.waggle.v1.HeldReward;
import java.util.Comparator;
import java.util.List;

/** Several rewards of one decision made one, for rewards of any sign. Pure. */
final class Aggregation {
  private static final Comparator<HeldReward> BY_EVENT_TIME =
      Comparator.comparingLong(HeldReward::getEventTimeMillis);

  private Aggregation() {}

  /**
   * The surface's aggregate of at least one reward, in order of arrival; of rewards at the same
   * time the one that arrived first is the first and the one that arrived last the last. Sum and
   * mean are kept within the reward range: the sum because the range is what estimators rely on,
   * the mean because rounding may leave it by an ulp.
   */
  static double of(List<HeldReward> rewards, RewardSettings settings) {
    return switch (settings.aggregation()) {
      case REWARD_AGGREGATION_FIRST -> rewards.stream().min(BY_EVENT_TIME).orElseThrow().getValue();
      case REWARD_AGGREGATION_LAST ->
          rewards.stream()
              .reduce((a, b) -> BY_EVENT_TIME.compare(a, b) <= 0 ? b : a)
              .orElseThrow()
              .getValue();
      case REWARD_AGGREGATION_SUM -> clamp(sum(rewards), settings);
      case REWARD_AGGREGATION_MEAN -> clamp(sum(rewards) / rewards.size(), settings);
      case REWARD_AGGREGATION_MIN ->
          rewards.stream().mapToDouble(HeldReward::getValue).min().orElseThrow();
      case REWARD_AGGREGATION_MAX ->
          rewards.stream().mapToDouble(HeldReward::getValue).max().orElseThrow();
      case REWARD_AGGREGATION_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("RewardSettings lets no such aggregation through");
    };
  }

  private static double sum(List<HeldReward> rewards) {
    double sum = 0;
    for (HeldReward reward : rewards) {
      sum += reward.getValue();
    }
    return sum;
  }

  private static double clamp(double value, RewardSettings settings) {
    return Math.min(settings.max(), Math.max(settings.min(), value));
  }
}
