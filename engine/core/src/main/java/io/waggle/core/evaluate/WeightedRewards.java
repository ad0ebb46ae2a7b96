package io.waggle.core.evaluate;

/**
 * Sums over importance weights {@code w} and rewards {@code r}: all that estimates and fixed-time
 * intervals need, in O(1). Sums of disjoint sets of decisions add up.
 *
 * @param count decisions, those that a log did not keep included; may be fractional
 * @param weights sum of w
 * @param weightsSquared sum of w^2
 * @param weightMax largest w; 0 without any
 * @param rewards sum of r
 * @param weightedRewards sum of w r
 * @param weightsSquaredRewards sum of w^2 r
 * @param weightedRewardsSquared sum of w^2 r^2
 */
public record WeightedRewards(
    double count,
    double weights,
    double weightsSquared,
    double weightMax,
    double rewards,
    double weightedRewards,
    double weightsSquaredRewards,
    double weightedRewardsSquared) {
  /** Of no decision. */
  public static final WeightedRewards NONE = new WeightedRewards(0, 0, 0, 0, 0, 0, 0, 0);

  /** The sums with one decision more. */
  public WeightedRewards plus(double weight, double reward) {
    return plus(weight, reward, weight * reward, 1);
  }

  /**
   * The sums with one decision more and with those that it stands for: dropped ones have a weight
   * of 0, and its own is divided by the probability of being kept (Horvitz, Thompson, 1952).
   *
   * @param weightedReward weight times reward; of several slots the mean of theirs
   * @param times how many decisions it stands for, itself included; at least 1
   */
  WeightedRewards plus(double weight, double reward, double weightedReward, double times) {
    return new WeightedRewards(
        count + times,
        weights + times * weight,
        weightsSquared + times * weight * times * weight,
        Math.max(weightMax, times * weight),
        rewards + times * reward,
        weightedRewards + times * weightedReward,
        weightsSquaredRewards + times * weight * times * weightedReward,
        weightedRewardsSquared + times * weightedReward * times * weightedReward);
  }

  /** The sums of both. */
  WeightedRewards plus(WeightedRewards other) {
    return new WeightedRewards(
        count + other.count,
        weights + other.weights,
        weightsSquared + other.weightsSquared,
        Math.max(weightMax, other.weightMax),
        rewards + other.rewards,
        weightedRewards + other.weightedRewards,
        weightsSquaredRewards + other.weightsSquaredRewards,
        weightedRewardsSquared + other.weightedRewardsSquared);
  }

  /**
   * The sums with decisions that the logger dropped. A log that keeps a decision with probability
   * {@code 1 - p} gives the kept one's weight divided by that, and {@code p / (1 - p)} dropped
   * ones.
   *
   * @param decisions how many, at least 0; may be fractional
   */
  public WeightedRewards plusDropped(double decisions) {
    return new WeightedRewards(
        count + decisions,
        weights,
        weightsSquared,
        weightMax,
        rewards,
        weightedRewards,
        weightsSquaredRewards,
        weightedRewardsSquared);
  }

  /** Inverse propensity score estimate; 0 without any decision. */
  public double ips() {
    return count == 0 ? 0 : weightedRewards / count;
  }

  /** Self-normalised inverse propensity score estimate; 0 without any weight. */
  public double snips() {
    return weights == 0 ? 0 : weightedRewards / weights;
  }

  /** {@code sum(w)^2 / sum(w^2)}; 0 without any weight. */
  public double effectiveSampleSize() {
    return weightsSquared == 0 ? 0 : weights * weights / weightsSquared;
  }
}
