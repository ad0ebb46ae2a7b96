package io.waggle.core.evaluate;

import io.waggle.v1.BoundState;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;
import org.apache.commons.numbers.gamma.Trigamma;

/**
 * A lower bound for the running mean of conditional expectations of non-negative terms, valid at
 * every look and while the expectations move. One thread; a term costs a few additions and the
 * state is four numbers, a bound costs some 60 evaluations of an incomplete gamma function (tens of
 * microseconds).
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
 *
 * <p>A term may stand for dropped decisions as well ({@link #add(double, double)}): a logger that
 * keeps a decision with probability 1 - p gives the kept one the term {@code xi / (1 - p)}, and
 * {@code d} zeros before it. The count grows by {@code 1 + d} then. Valid in both ways to choose d:
 *
 * <ul>
 *   <li>As many as were dropped since the last kept one. Kept and dropped decisions together are a
 *       stream of terms, {@code xi / (1 - p)} or 0, each with the conditional mean it had before.
 *   <li>{@code p / (1 - p)}, which needs no whole number. The kept decisions alone are a stream
 *       then, whose term has a conditional mean of {@code 1 + d} times that of xi: S, which loses
 *       {@code (1 + d) v} a term, is centred as before. What the zeros add to U only lowers M.
 * </ul>
 *
 * Either way a prediction is made before its term and is at most 1. The bound is for the mean over
 * kept and dropped decisions, and under the second choice for that of the kept ones, weighted by
 * {@code 1 + d}.
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
  private double dropped;
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

  /** Puts saved sums into a new bound. */
  static DriftingLowerBound restore(BoundState state, DriftingLowerBound bound) {
    bound.count = state.getCount();
    bound.dropped = state.getDropped();
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
    add(term, 0);
  }

  /**
   * Dropped decisions, then a term that stands for them too.
   *
   * @param term finite, at least 0; already divided by the probability of being kept
   * @param zeros how many were dropped, at least 0, finite; may be fractional
   */
  void add(double term, double zeros) {
    if (zeros > 0) {
      drop(zeros);
    }
    // The running mean, started from one imagined term of 1/2; known before the term.
    double prediction = Math.min((sum + 0.5) / (total() + 1), largestPrediction);
    double deviation = term - prediction;
    variance += deviation * deviation;
    sum += term;
    count++;
  }

  /**
   * Terms of 0 in a row. Each deviates by its prediction: clipped ones by 1, then {@code a / b, a /
   * (b + 1), ...}, whose squares sum to {@code a^2 (psi1(b) - psi1(b + n))}, psi1 the trigamma
   * function, which is defined between whole numbers too.
   */
  private void drop(double zeros) {
    double numerator = sum + 0.5;
    double denominator = total() + 1;
    double clipped =
        Double.isInfinite(largestPrediction)
            ? 0
            : Math.min(zeros, Math.max(0, Math.ceil(numerator - denominator)));
    variance +=
        clipped
            + numerator
                * numerator
                * (Trigamma.value(denominator + clipped) - Trigamma.value(denominator + zeros));
    dropped += zeros;
  }

  private double total() {
    return count + dropped;
  }

  /** The bound now, in [0, 1]; 0 before the first term. */
  double lower(double alpha) {
    double threshold = -Math.log(alpha);
    if (count == 0 || logMixture(0) <= threshold) {
      return 0;
    }
    double below = 0;
    double above = Math.min(1, sum / total());
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

  /** True: the bound lies above a value, which may be above 1. */
  boolean exceeds(double value, double alpha) {
    return sum > total() * value && logMixture(value) > -Math.log(alpha);
  }

  /** ln M(v) for a v of at most the mean of the terms. */
  double logMixture(double value) {
    return logMixture(Math.max(0, sum - total() * value), variance, rho) + logNormaliser;
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

  /** Terms so far, without dropped ones. */
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
    return BoundState.newBuilder()
        .setCount(count)
        .setDropped(dropped)
        .setSum(sum)
        .setVariance(variance)
        .build();
  }
}
