package io.waggle.core.offline;

import io.waggle.core.evaluate.EvaluationSettings;

/**
 * What evaluations of one log have in common.
 *
 * @param rewardMin smallest reward possible; decisions outside the range are refused
 * @param rewardMax largest reward possible
 * @param explorationFloor the floor that learners are served with, in [0, 1]; fixed policies are
 *     taken as given
 * @param minPropensity smallest logged propensity that is no mistake, in (0, 1]
 * @param alpha error probability of each interval, both sides together, in (0, 1)
 */
public record OfflineSettings(
    double rewardMin,
    double rewardMax,
    double explorationFloor,
    double minPropensity,
    double alpha) {
  public OfflineSettings {
    // Each written so that NaN fails.
    if (!(rewardMin < rewardMax) || !Double.isFinite(rewardMax - rewardMin)) {
      throw new IllegalArgumentException(
          "reward range: " + rewardMin + " to " + rewardMax + " (expected: finite, not empty)");
    }
    if (!(explorationFloor >= 0 && explorationFloor <= 1)) {
      throw new IllegalArgumentException(
          "exploration floor: " + explorationFloor + " (expected: in [0, 1])");
    }
    if (!(minPropensity > 0 && minPropensity <= 1)) {
      throw new IllegalArgumentException(
          "min propensity: " + minPropensity + " (expected: in (0, 1])");
    }
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 1))");
    }
  }

  /** The same with the error probability shared by so many evaluations (union bound). */
  public OfflineSettings among(int evaluations) {
    return new OfflineSettings(
        rewardMin, rewardMax, explorationFloor, minPropensity, alpha / evaluations);
  }

  /** How a candidate is evaluated: without a cap of the weights. */
  EvaluationSettings ofEvaluator() {
    return new EvaluationSettings(rewardMin, rewardMax, alpha);
  }
}
