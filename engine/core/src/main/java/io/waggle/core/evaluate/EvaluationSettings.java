package io.waggle.core.evaluate;

/**
 * How a policy is evaluated.
 *
 * @param rewardMin smallest reward
 * @param rewardMax largest reward
 * @param alpha in (0, 1): each interval's probability to ever miss, both sides together
 * @param weightCap at least 1: weights count as at most this in the doubly robust estimate; may be
 *     infinite
 * @param windowMillis length of the stretches of time of which the newest are kept; 0: none
 */
public record EvaluationSettings(
    double rewardMin, double rewardMax, double alpha, double weightCap, long windowMillis) {
  /**
   * Checks.
   *
   * @throws IllegalArgumentException when the range is empty or not finite, or another is out of
   *     its range
   */
  public EvaluationSettings {
    if (!(rewardMin < rewardMax) || !Double.isFinite(rewardMax - rewardMin)) {
      throw new IllegalArgumentException(
          "reward range: " + rewardMin + " to " + rewardMax + " (expected: finite, not empty)");
    }
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 1))");
    }
    if (!(weightCap >= 1)) {
      throw new IllegalArgumentException("weight cap: " + weightCap + " (expected: at least 1)");
    }
    if (windowMillis < 0) {
      throw new IllegalArgumentException("window: " + windowMillis + " ms (expected: at least 0)");
    }
  }

  /** Without windows, and without a cap. */
  public EvaluationSettings(double rewardMin, double rewardMax, double alpha) {
    this(rewardMin, rewardMax, alpha, Double.POSITIVE_INFINITY, 0);
  }
}
