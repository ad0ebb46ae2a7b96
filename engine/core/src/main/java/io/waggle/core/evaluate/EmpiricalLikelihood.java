package io.waggle.core.evaluate;

import java.util.OptionalDouble;

/**
 * The maximum likelihood estimate of a policy's value, from Karampatziakis, Langford, Mineiro,
 * "Empirical likelihood for contextual bandits" (NeurIPS 2020). Stateless; any thread; some sixty
 * passes over the arrays.
 *
 * <p>Among all distributions over pairs of weight and reward under which the weights average 1, the
 * one that makes the log most likely gives decision i the probability {@code q_i = 1 / (n + beta
 * (w_i - 1))}, where beta maximises {@code sum ln(n + beta (w_i - 1))} within what the possible
 * weights allow. The value is {@code sum q_i w_i r_i}. What {@code sum q_i w_i} lacks of 1 lies
 * with weights that were not seen; it is given the mean logged reward.
 *
 * <p>It needs every weight; {@link CressieRead} is close to it and needs sums alone.
 */
public final class EmpiricalLikelihood {
  /** Beta within 1e-18 of its range. */
  private static final int BISECTIONS = 60;

  private final double[] weights;
  private final double[] rewards;

  EmpiricalLikelihood(double[] weights, double[] rewards) {
    this.weights = weights;
    this.rewards = rewards;
  }

  /**
   * The estimate; empty without any decision.
   *
   * @param weights {@code double[decisions]}, at least 0, finite
   * @param rewards {@code double[decisions]}, finite
   * @param possible widened by the weights seen
   * @throws IllegalArgumentException when the arrays differ in length or a weight is out of range
   */
  public static OptionalDouble estimate(double[] weights, double[] rewards, WeightRange possible) {
    if (weights.length != rewards.length) {
      throw new IllegalArgumentException(
          "rewards: " + rewards.length + " (expected: as many as weights, " + weights.length + ")");
    }
    WeightRange range = possible;
    for (double weight : weights) {
      if (!(weight >= 0 && Double.isFinite(weight))) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: finite, at least 0)");
      }
      range = range.with(weight);
    }
    if (weights.length == 0) {
      return OptionalDouble.empty();
    }
    EmpiricalLikelihood likelihood = new EmpiricalLikelihood(weights, rewards);
    return OptionalDouble.of(likelihood.value(likelihood.beta(range)));
  }

  /** The value that a beta means, the best or not. */
  double value(double beta) {
    double weight = 0;
    double value = 0;
    double reward = 0;
    for (int i = 0; i < weights.length; i++) {
      double weighted = weights[i] / (weights.length + beta * (weights[i] - 1));
      weight += weighted;
      value += weighted * rewards[i];
      reward += rewards[i];
    }
    return value + Math.max(0, 1 - weight) * reward / weights.length;
  }

  /** Where the slope, which falls, is 0; the nearest end where it is not. */
  private double beta(WeightRange range) {
    double below = leastBeta(range);
    double above = largestBeta(range);
    if (slope(below) <= 0) {
      return below;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = 0.5 * (below + above);
      if (slope(middle) > 0) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return above;
  }

  /** Below it a possible weight's q would be negative, or a decision's above 1. */
  private double leastBeta(WeightRange range) {
    double least = Double.isInfinite(range.max()) ? 0 : weights.length / (1 - range.max());
    for (double weight : weights) {
      least = weight > 1 ? Math.max(least, (weights.length - 1) / (1 - weight)) : least;
    }
    return least;
  }

  /** Above it the same. */
  double largestBeta(WeightRange range) {
    double largest = weights.length / (1 - range.min());
    for (double weight : weights) {
      largest = weight < 1 ? Math.min(largest, (weights.length - 1) / (1 - weight)) : largest;
    }
    return largest;
  }

  private double slope(double beta) {
    double slope = 0;
    for (double weight : weights) {
      slope += (weight - 1) / (weights.length + beta * (weight - 1));
    }
    return slope;
  }
}
