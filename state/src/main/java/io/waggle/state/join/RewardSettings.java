package io.waggle.state.join;

import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import java.io.Serializable;
import java.time.Duration;

/**
 * How the rewards of a surface are joined.
 *
 * @param window how long a decision waits, whole milliseconds, at most two days; the window is
 *     exclusive
 * @param defaultReward reward of a decision that got none, within the range
 * @param min smallest possible reward
 * @param max largest possible reward, above {@code min}
 * @param aggregation never unspecified
 * @param learnWhen never unspecified
 * @param derived rewards derived from interactions; each rule's value within the range
 */
public record RewardSettings(
    Duration window,
    double defaultReward,
    double min,
    double max,
    RewardAggregation aggregation,
    LearnWhen learnWhen,
    DerivationSettings derived)
    implements Serializable {

  /** The longest window: join state is kept for twice as long. */
  public static final Duration LONGEST_WINDOW = Duration.ofDays(2);

  private static final long serialVersionUID = 1L;

  public RewardSettings {
    if (window.compareTo(Duration.ofMillis(1)) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
      throw broken("wait", window, "1 ms to " + LONGEST_WINDOW.toDays() + " days");
    }
    if (!Double.isFinite(min)) {
      throw broken("min", min, "a finite number");
    }
    if (!Double.isFinite(max) || max <= min || !Double.isFinite(max - min)) {
      throw broken("max", max, "a finite number above reward.min " + min);
    }
    if (!(defaultReward >= min && defaultReward <= max)) {
      throw broken("default_reward", defaultReward, "within [" + min + ", " + max + "]");
    }
    if (aggregation == RewardAggregation.REWARD_AGGREGATION_UNSPECIFIED
        || aggregation == RewardAggregation.UNRECOGNIZED) {
      throw broken("aggregation", aggregation, "first, last, sum, mean, min or max");
    }
    if (learnWhen == LearnWhen.LEARN_WHEN_UNSPECIFIED || learnWhen == LearnWhen.UNRECOGNIZED) {
      throw broken("learn_when", learnWhen, "window end or reward");
    }
    for (int i = 0; i < derived.rules().size(); i++) {
      DerivedRewardRule rule = derived.rules().get(i);
      if (!(rule.getValue() >= min && rule.getValue() <= max)) {
        throw broken(
            "derived.rules[" + i + "].value", rule.getValue(), "within [" + min + ", " + max + "]");
      }
    }
  }

  /** Settings of a surface that derives no rewards. */
  public RewardSettings(
      Duration window,
      double defaultReward,
      double min,
      double max,
      RewardAggregation aggregation,
      LearnWhen learnWhen) {
    this(window, defaultReward, min, max, aggregation, learnWhen, DerivationSettings.NONE);
  }

  /** True: a single reward of that value is possible. */
  public boolean accepts(double value) {
    return value >= min && value <= max;
  }

  /** The value kept within the range. */
  double clamp(double value) {
    return Math.min(max, Math.max(min, value));
  }

  static IllegalArgumentException broken(String field, Object value, String expected) {
    return new IllegalArgumentException(
        "reward." + field + ": " + value + " (expected: " + expected + ")");
  }
}
