package io.waggle.core.evaluate;

import io.waggle.v1.BoundState;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * A lower bound for the running mean of conditional expectations of non-negative terms, valid at
 * every look and while the expectations move. One thread; a term costs a few additions and the
 * state is three numbers, a bound costs some 60 evaluations of an incomplete gamma function (tens
 * of microseconds).
 *
 * <p>From Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro, "Anytime-valid off-policy inference
 * for contextual bandits" (2024), theorem 2: for terms {@code xi >= 0} with mean at most 1, a
 * prediction {@code xihat} made before each term, and {@code S(v) = sum xi - t v}, {@code U = sum
 * (xi - xihat)^2}, every {@code exp(l S - psi(l) U)} with {@code psi(l) = -ln(1-l) - l} is a
 * supermartingale at the true running mean. Mixing over {@code l} with a truncated gamma density of
 * parameter rho gives, with {@code a = U + rho} and {@code x = S + a},
 *
 * <pre>
 *   ln M(v) = S + U + rho ln rho - a ln x + ln P(a, x) + lnG(a) - ln P(rho, rho) - lnG(rho)
 * </pre>
 *
 * <p>M starts at 1 and by Ville's inequality ever exceeds 1/alpha with probability at most alpha,
 * so the bound is the v at which it does. M falls in v and is at most 1 where {@code S = 0}, so the
 * root lies between 0 and the mean, where {@code S >= 0} and {@code P(a, x)} is at least about 1/2:
 * no underflow.
 */
final class DriftingLowerBound {
  /**
   * Accumulated squared deviation at which the bound is tightest: what 10,000 decisions gather at a
   * variance of 0.1. Any constant fixed beforehand is valid. The distance from the mean grows, over
   * that of the best constant, by 17 % at a tenth of it, 8 % at ten times and 18 % at a hundred
   * times.
   */
  private static final double TIGHTEST_AT = 1000;

  /** From here Stirling's series is exact to a double, and sums of 1e13 need not cancel. */
  private static final double STIRLING_FROM = 1e4;

  /** Q(a, a + S) is at most exp(-this), so P is 1 to a double. */
  private static final double CERTAIN_EXPONENT = 40;

  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
  private static final int MAX_BISECTIONS = 60;

  private final double rho;
  private final double largestPrediction;
  private final double logNormaliser;
  private long count;
  private double sum;
  private double variance;

  /** Starts anew, tightest around {@link #TIGHTEST_AT} for this error probability. */
  DriftingLowerBound(double alpha) {
    this(bestRho(TIGHTEST_AT, alpha), true);
  }

  /**
   * Starts anew.
   *
   * @param rho above 0
   * @param clipped true: predictions are kept at 1 or below, as the theorem asks (a prediction
   *     above 1 lets {@code xi - xihat} fall below -1); false: as references compute it
   */
  DriftingLowerBound(double rho, boolean clipped) {
    this.rho = rho;
    this.largestPrediction = clipped ? 1 : Double.POSITIVE_INFINITY;
    this.logNormaliser =
        rho * Math.log(rho) - Math.log(RegularizedGamma.P.value(rho, rho)) - LogGamma.value(rho);
  }

  /** Goes on from saved sums. */
  static DriftingLowerBound restore(BoundState state, double alpha) {
    return restore(state, new DriftingLowerBound(alpha));
  }

  /** Puts saved sums into a new bound. */
  static DriftingLowerBound restore(BoundState state, DriftingLowerBound bound) {
    bound.count = state.getCount();
    bound.sum = state.getSum();
    bound.variance = state.getVariance();
    return bound;
  }

  /** {@code U* / (2 ln(1/alpha) + ln(1 + 2 ln(1/alpha)))}: the rho that suits U = U* best. */
  static double bestRho(double squaredDeviation, double alpha) {
    double twiceLog = -2 * Math.log(alpha);
    return squaredDeviation / (twiceLog + Math.log1p(twiceLog));
  }

  /** One term; finite, at least 0. */
  void add(double term) {
    // The running mean, started from one imagined term of 1/2; known before the term.
    double prediction = Math.min((sum + 0.5) / (count + 1), largestPrediction);
    double deviation = term - prediction;
    variance += deviation * deviation;
    sum += term;
    count++;
  }

  /** The bound now, in [0, 1]; 0 before the first term. */
  double lower(double alpha) {
    double threshold = -Math.log(alpha);
    if (count == 0 || logMixture(0) <= threshold) {
      return 0;
    }
    double below = 0;
    double above = Math.min(1, sum / count);
    for (int i = 0; i < MAX_BISECTIONS && below < above; i++) {
      double middle = 0.5 * (below + above);
      if (logMixture(middle) > threshold) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return below;
  }

  /** ln M(v) for a v of at most the mean of the terms. */
  double logMixture(double value) {
    return logMixture(Math.max(0, sum - count * value), variance, rho) + logNormaliser;
  }

  private static double logMixture(double excess, double variance, double rho) {
    double shape = variance + rho;
    // Chernoff's bound: Q(a, a + S) <= exp(-(S - a ln(1 + S/a))).
    double exponent = excess - shape * Math.log1p(excess / shape);
    double logP =
        exponent > CERTAIN_EXPONENT ? 0 : Math.log(RegularizedGamma.P.value(shape, shape + excess));
    if (shape < STIRLING_FROM) {
      return excess + variance - shape * Math.log(shape + excess) + LogGamma.value(shape) + logP;
    }
    return exponent - rho - 0.5 * Math.log(shape) + HALF_LOG_TWO_PI + 1 / (12 * shape) + logP;
  }

  /** Terms so far. */
  long count() {
    return count;
  }

  /** Sum of the terms. */
  double sum() {
    return sum;
  }

  /** Sum of squared deviations from the predictions. */
  double variance() {
    return variance;
  }

  /** The sums, to be saved. */
  BoundState state() {
    return BoundState.newBuilder().setCount(count).setSum(sum).setVariance(variance).build();
  }
}
