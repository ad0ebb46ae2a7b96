package io.waggle.core.offline;

import java.util.ArrayList;
import java.util.List;

/**
 * How a policy's weights and its probabilities of the logged actions are spread: counts in fixed
 * bins. One thread.
 */
final class WeightShares {
  /** The first bin of the weights above 0 ends at 2^-6, each next at twice that. */
  private static final int FIRST_EXPONENT = -6;

  /** The last bin is all above 2^9. */
  private static final int LAST_EXPONENT = 10;

  private static final int PROBABILITY_BINS = 10;

  private final long[] byWeight = new long[LAST_EXPONENT - FIRST_EXPONENT + 1];
  private final long[] byProbability = new long[PROBABILITY_BINS];
  private long zero;

  /** One decision; of several slots the mean weight and the product of the probabilities. */
  void add(double weight, double probability) {
    if (weight == 0) {
      zero++;
      return;
    }
    int exponent = FIRST_EXPONENT;
    while (exponent < LAST_EXPONENT && weight > Math.scalb(1.0, exponent)) {
      exponent++;
    }
    byWeight[exponent - FIRST_EXPONENT]++;
    int bin = (int) (probability * PROBABILITY_BINS);
    byProbability[Math.min(bin, PROBABILITY_BINS - 1)]++;
  }

  /** Decisions whose weight is 0: the policy would never have done what was logged. */
  long zero() {
    return zero;
  }

  /** Counts of the weights above 0, smallest first. */
  List<WeightBin> weights() {
    List<WeightBin> bins = new ArrayList<>();
    for (int i = 0; i < byWeight.length; i++) {
      int exponent = FIRST_EXPONENT + i;
      bins.add(
          new WeightBin(
              i == 0 ? 0 : Math.scalb(1.0, exponent - 1),
              exponent == LAST_EXPONENT ? Double.POSITIVE_INFINITY : Math.scalb(1.0, exponent),
              byWeight[i]));
    }
    return bins;
  }

  /** Counts of the probabilities of logged actions above 0, smallest first. */
  List<WeightBin> probabilities() {
    List<WeightBin> bins = new ArrayList<>();
    for (int i = 0; i < PROBABILITY_BINS; i++) {
      bins.add(
          new WeightBin(
              (double) i / PROBABILITY_BINS, (i + 1.0) / PROBABILITY_BINS, byProbability[i]));
    }
    return bins;
  }
}
