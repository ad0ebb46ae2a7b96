package io.waggle.core.evaluate;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * The interval of coin flips (Clopper and Pearson, "The use of confidence or fiducial limits
 * illustrated in the case of the binomial", Biometrika 1934) for weighted rewards: {@code sum(w r')
 * / max w} is taken as the successes of {@code n / max w} flips, r' the reward scaled to [0, 1].
 * Stateless; any thread; up to a millisecond.
 *
 * <p>For one look at a number of decisions fixed beforehand. Exact for rewards of 0 and 1 and
 * weights all alike; otherwise a rule of thumb that errs on the wide side where weights differ
 * much, because it takes every decision to be as noisy as the one of the largest weight.
 */
public final class ClopperPearson {
  /** Name of the method. */
  public static final String METHOD = "clopper-pearson";

  private ClopperPearson() {}

  /**
   * The interval, within the rewards' range; the whole of it without any weight, and where the
   * successes exceed the flips by one or more, which no coin can do.
   *
   * @param rewardMin below rewardMax
   * @param alpha in (0, 1), both sides together
   */
  public static Interval interval(
      WeightedRewards sums, double rewardMin, double rewardMax, double alpha) {
    double range = rewardMax - rewardMin;
    double scaled = Math.max(0, sums.weightedRewards() - rewardMin * sums.weights()) / range;
    double successes = scaled / sums.weightMax();
    double flips = sums.count() / sums.weightMax();
    double failures = flips - successes;
    // Written so that NaN, without any weight, fails it.
    if (!(failures > -1)) {
      return new Interval(rewardMin, rewardMax);
    }
    double lower =
        successes > 0
            ? BetaDistribution.of(successes, failures + 1).inverseCumulativeProbability(alpha / 2)
            : 0;
    double upper =
        failures > 0
            ? BetaDistribution.of(successes + 1, failures).inverseSurvivalProbability(alpha / 2)
            : 1;
    return new Interval(rewardMin + range * lower, rewardMin + range * upper);
  }
}
