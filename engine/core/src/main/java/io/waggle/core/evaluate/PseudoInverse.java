package io.waggle.core.evaluate;

import java.util.OptionalDouble;

/**
 * The value of a policy that fills several slots for one reward, from Swaminathan, Krishnamurthy,
 * Agarwal, Dudik, Langford, Jose, Zitouni, "Off-policy evaluation for slate recommendation" (NIPS
 * 2017), example 4: where the logger fills the slots independently of each other and the reward is
 * a sum over slots (which, is unknown), the weight {@code 1 - K + sum over K slots of p_target /
 * p_logged} is unbiased, and far smaller than the product of the slots' ratios. It may be negative.
 * One thread; O(1) state.
 */
public final class PseudoInverse {
  private double count;
  private double sum;
  private double squares;

  /**
   * A weight from the probabilities that the target and the logger gave what was shown.
   *
   * @param targets {@code double[slots]}, each in [0, 1]
   * @param propensities {@code double[slots]}, each in (0, 1]
   * @throws IllegalArgumentException when they differ in length, are empty or out of range
   */
  public static double weight(double[] targets, double[] propensities) {
    if (targets.length != propensities.length || targets.length == 0) {
      throw new IllegalArgumentException(
          "slots: "
              + targets.length
              + " targets, "
              + propensities.length
              + " propensities (expected: as many of both, at least one)");
    }
    double weight = 1.0 - targets.length;
    for (int slot = 0; slot < targets.length; slot++) {
      if (!(targets[slot] >= 0 && targets[slot] <= 1)) {
        throw new IllegalArgumentException(
            "targets[" + slot + "]: " + targets[slot] + " (expected: in [0, 1])");
      }
      if (!(propensities[slot] > 0 && propensities[slot] <= 1)) {
        throw new IllegalArgumentException(
            "propensities[" + slot + "]: " + propensities[slot] + " (expected: in (0, 1])");
      }
      weight += targets[slot] / propensities[slot];
    }
    return weight;
  }

  /**
   * One decision.
   *
   * @param reward finite
   * @param times how many like it this one stands for; may be fractional, above 0
   * @throws IllegalArgumentException as {@link #weight}
   */
  public void add(double[] targets, double[] propensities, double reward, double times) {
    double term = weight(targets, propensities) * reward;
    count += times;
    sum += times * term;
    squares += times * term * term;
  }

  /** Mean of weight times reward; empty without any decision. */
  public OptionalDouble estimate() {
    return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
  }

  /** For one look at a number of decisions fixed beforehand, see {@link GaussianInterval}. */
  public Interval gaussian(double alpha) {
    return GaussianInterval.of(count, sum, squares, alpha);
  }
}
