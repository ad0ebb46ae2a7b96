package io.waggle.core.evaluate;

import java.util.Arrays;
import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * Whether arms got the shares of the traffic that they were to get. A mismatch means that something
 * loses or duplicates one arm's traffic, and that no comparison of the arms can be trusted.
 * Immutable; any thread; microseconds.
 *
 * <p>Counts are of what is assigned independently: users where a user keeps its arm, decisions only
 * where each draws anew. Decisions of assigned users come in clumps and differ from their shares by
 * more than either test allows for.
 */
public final class SampleRatio {
  /**
   * Concentration of the sequential test's prior around the expected shares, that of the reference
   * implementation: alternatives within some 1 % of them.
   */
  private static final double CONCENTRATION = 10_000;

  private final double[] shares;

  /**
   * For arms of these shares.
   *
   * @param weights {@code double[arms]}, finite, at least 0, two of them above; need not sum to 1.
   *     An arm of weight 0 is to get nothing
   * @throws IllegalArgumentException when they are not
   */
  public SampleRatio(double... weights) {
    double sum = 0;
    int arms = 0;
    for (double weight : weights) {
      if (!(weight >= 0 && Double.isFinite(weight))) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: finite, at least 0)");
      }
      sum += weight;
      arms += weight > 0 ? 1 : 0;
    }
    if (arms < 2) {
      throw new IllegalArgumentException(
          "weights: " + Arrays.toString(weights) + " (expected: at least two above 0)");
    }
    shares = new double[weights.length];
    for (int arm = 0; arm < shares.length; arm++) {
      shares[arm] = weights[arm] / sum;
    }
  }

  /**
   * Pearson's statistic {@code sum (observed - expected)^2 / expected}; infinite where an arm of
   * share 0 got something, 0 without any count.
   *
   * @param counts {@code long[arms]}, at least 0
   * @throws IllegalArgumentException when they are not, or of another number of arms
   */
  public double chiSquare(long... counts) {
    double total = total(counts);
    double statistic = 0;
    for (int arm = 0; arm < shares.length; arm++) {
      double difference = counts[arm] - total * shares[arm];
      statistic += difference == 0 ? 0 : difference * difference / (total * shares[arm]);
    }
    return statistic;
  }

  /**
   * Probability of a statistic this large without a mismatch. For one look: whoever looks at 200
   * equally spaced counts sees one below 0.05 in four of ten runs without any mismatch.
   */
  public double chiSquarePValue(long... counts) {
    double positive = Arrays.stream(shares).filter(share -> share > 0).count();
    return RegularizedGamma.Q.value((positive - 1) / 2, chiSquare(counts) / 2);
  }

  /**
   * The sequential test: ln of the Bayes factor against the shares, of Lindon and Malek,
   * "Anytime-valid inference for multinomial count data" (NeurIPS 2022). With a Dirichlet prior of
   * parameters {@code a_i = C share_i}, {@code C = 10,000}, counts n_i and their sum N,
   *
   * <pre>
   *   ln BF = lnG(C) - lnG(C + N) + sum( lnG(a_i + n_i) - lnG(a_i) - n_i ln share_i )
   * </pre>
   *
   * <p>Without a mismatch it ever exceeds ln(1/alpha) with probability at most alpha, however often
   * one looks. Infinite where an arm of share 0 got something.
   *
   * @param counts as above
   */
  public double logBayesFactor(long... counts) {
    double total = total(counts);
    double log = LogGamma.value(CONCENTRATION) - LogGamma.value(CONCENTRATION + total);
    for (int arm = 0; arm < shares.length; arm++) {
      if (shares[arm] == 0) {
        if (counts[arm] > 0) {
          return Double.POSITIVE_INFINITY;
        }
        continue;
      }
      double prior = CONCENTRATION * shares[arm];
      log +=
          LogGamma.value(prior + counts[arm])
              - LogGamma.value(prior)
              - counts[arm] * Math.log(shares[arm]);
    }
    return log;
  }

  /** {@code min(1, 1 / BF)}; the least over all looks is valid whenever one stops. */
  public double sequentialPValue(long... counts) {
    return Math.min(1, Math.exp(-logBayesFactor(counts)));
  }

  private double total(long[] counts) {
    if (counts.length != shares.length) {
      throw new IllegalArgumentException(
          "counts: " + counts.length + " (expected: as many as arms, " + shares.length + ")");
    }
    double total = 0;
    for (long count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException("count: " + count + " (expected: at least 0)");
      }
      total += count;
    }
    return total;
  }
}
