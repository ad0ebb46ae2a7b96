package io.waggle.core.evaluate;

/**
 * Whether two arms' means differ, looked at as often as one likes: the mixture sequential
 * probability ratio test of Johari, Koomen, Pekelis, Walsh, "Peeking at A/B tests" (KDD 2017). For
 * arms that answer alternately; where they answer unlike shares, {@link AsymptoticSequence} is the
 * one. Immutable; any thread; nanoseconds.
 *
 * <p>After n pairs with mean difference d and V the sum of the two arms' variances, with the effect
 * drawn from a normal distribution of variance tau^2 around 0,
 *
 * <pre>
 *   L = sqrt( V / (V + n tau^2) ) exp( n^2 tau^2 d^2 / (2 V (V + n tau^2)) )
 * </pre>
 *
 * <p>Without a difference L ever exceeds 1/alpha with probability at most alpha, as far as the
 * means are normal and V is known.
 */
public final class MixtureSprt {
  private final double priorVariance;

  /**
   * For effects of about the square root of that variance.
   *
   * @param priorVariance tau^2, in squared rewards, fixed beforehand
   * @throws IllegalArgumentException when it is not finite and above 0
   */
  public MixtureSprt(double priorVariance) {
    if (!(priorVariance > 0 && Double.isFinite(priorVariance))) {
      throw new IllegalArgumentException(
          "priorVariance: " + priorVariance + " (expected: finite, above 0)");
    }
    this.priorVariance = priorVariance;
  }

  /**
   * ln L.
   *
   * @param pairs n, at least 0
   * @param difference d
   * @param variance V, above 0
   */
  public double logLikelihoodRatio(double pairs, double difference, double variance) {
    double prior = pairs * priorVariance;
    double total = variance + prior;
    return 0.5 * Math.log(variance / total)
        + pairs * prior * difference * difference / (2 * variance * total);
  }

  /** {@code min(1, 1 / L)}; the least over all looks is valid whenever one stops. */
  public double pValue(double pairs, double difference, double variance) {
    return Math.min(1, Math.exp(-logLikelihoodRatio(pairs, difference, variance)));
  }
}
