package io.waggle.core.evaluate;

/**
 * A test, valid at every look, of whether the mean weight is below 1: then propensities are logged
 * too large. One thread; the state is one number.
 *
 * <p>Betting (Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", JRSS
 * B 86, 2024): where the logger gives every action at least a probability of s, a weight is at most
 * W = 1/s, and a capital of 1 that each decision multiplies by {@code 1 + (1 - w) c / (W - 1)}
 * stays above 0. If propensities are right its expectation stays 1, and by Ville's inequality it
 * ever exceeds 1/alpha with probability at most alpha. A decision that does not say its s is passed
 * over; a propensity below the s ends the test, since then nothing is known of W.
 */
final class WeightBelowOne {
  private static final double STAKE = 0.9;

  private double logCapital;

  /**
   * @param logCapital of {@link #logCapital}; 0: anew
   */
  WeightBelowOne(double logCapital) {
    this.logCapital = logCapital;
  }

  /** One decision of this weight; of a smallest propensity of 0, or 1 and more, it is not one. */
  void add(double weight, double propensity, double smallestPropensity) {
    if (!(smallestPropensity > 0 && smallestPropensity < 1)) {
      return;
    }
    if (propensity < smallestPropensity * (1 - 1e-6)) {
      logCapital = Double.NEGATIVE_INFINITY;
      return;
    }
    double largest = 1 / smallestPropensity;
    logCapital += Math.log1p(STAKE * (1 - Math.min(weight, largest)) / (largest - 1));
  }

  /** True: the mean weight is below 1, or a chance of at most alpha has come true. */
  boolean holds(double alpha) {
    return logCapital >= -Math.log(alpha);
  }

  /** To be saved. */
  double logCapital() {
    return logCapital;
  }
}
