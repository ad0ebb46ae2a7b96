package io.waggle.core.evaluate;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * The textbook interval for the inverse propensity score estimate, by the central limit theorem:
 * mean plus and minus {@code z(1 - alpha/2) sqrt(variance / n)}, with the sample variance of {@code
 * w r}. Stateless; any thread; well under a microsecond.
 *
 * <p>Holds for one look at a number of decisions fixed beforehand, at independent decisions alike.
 * Whoever looks again and again and stops at will is misled more often than alpha, and so is
 * whoever has few large weights: the variance is then not in the log yet. It may reach beyond the
 * rewards' range.
 */
public final class GaussianInterval {
  /** Name of the method. */
  public static final String METHOD = "gaussian";

  private static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

  private GaussianInterval() {}

  /**
   * The interval for the mean of {@code w r}; unbounded for one decision or none.
   *
   * @param alpha in (0, 1), both sides together
   */
  public static Interval of(WeightedRewards sums, double alpha) {
    return of(sums.count(), sums.weightedRewards(), sums.weightedRewardsSquared(), alpha);
  }

  /**
   * The interval for {@code sum(w r) / sum(w)}, whose error is that of {@code w (r - estimate)} to
   * the first order; unbounded for one decision or none, and without any weight.
   */
  public static Interval selfNormalised(WeightedRewards sums, double alpha) {
    if (sums.count() <= 1 || sums.weights() == 0) {
      return Interval.UNBOUNDED;
    }
    double estimate = sums.snips();
    double squares =
        sums.weightedRewardsSquared()
            - 2 * estimate * sums.weightsSquaredRewards()
            + estimate * estimate * sums.weightsSquared();
    double halfWidth =
        STANDARD.inverseSurvivalProbability(alpha / 2)
            * Math.sqrt(Math.max(0, squares))
            / sums.weights();
    return new Interval(estimate - halfWidth, estimate + halfWidth);
  }

  /** The same for any terms, of their number, sum and sum of squares. */
  static Interval of(double count, double sum, double squares, double alpha) {
    if (count <= 1) {
      return Interval.UNBOUNDED;
    }
    double mean = sum / count;
    // Rounding may bring a variance of nothing below nothing.
    double variance = Math.max(0, squares - sum * mean) / (count - 1);
    double halfWidth = STANDARD.inverseSurvivalProbability(alpha / 2) * Math.sqrt(variance / count);
    return new Interval(mean - halfWidth, mean + halfWidth);
  }
}
