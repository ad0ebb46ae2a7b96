package io.waggle.core.offline;

import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * Estimators beside those of {@link io.waggle.core.evaluate.PolicyEvaluator} that trade some bias
 * for less variance: each a mean of one term a decision, or a ratio of two such means. Of single
 * rankings only. O(1) state; one thread.
 *
 * <p>{@code w} is target probability over logged propensity, {@code r} the reward, {@code q} what
 * the reward model expects of the logged action, {@code D} what it expects of the policy.
 */
final class FurtherEstimates {
  /** Weights above this count as clipped. */
  static final double CLIP = 10;

  private static final double SUB_GAUSSIAN = 0.1;
  private static final double SHRINKAGE = 10;

  private final double z;
  private final Map<Estimator, TermSums> means = new EnumMap<>(Estimator.class);
  private final TermSums weights = new TermSums();
  private final TermSums direct = new TermSums();
  private final TermSums corrections = new TermSums();

  /**
   * Starts anew.
   *
   * @param alpha error probability of the intervals, both sides together
   */
  FurtherEstimates(double alpha) {
    this.z = Math.sqrt(2) * InverseErfc.value(alpha);
  }

  /** One decision that stands for so many. */
  void add(double weight, double reward, double times) {
    term(Estimator.IPS_CLIPPED, Math.min(weight, CLIP) * reward, times);
    term(
        Estimator.SUB_GAUSSIAN_IPS,
        reward * weight / (1 - SUB_GAUSSIAN + SUB_GAUSSIAN * weight),
        times);
  }

  /** What the reward model says of the decision just added. */
  void addModel(
      double weight, double reward, double times, double expected, double expectedOfLogged) {
    double residual = reward - expectedOfLogged;
    term(
        Estimator.SWITCH_DOUBLY_ROBUST, expected + (weight <= CLIP ? weight * residual : 0), times);
    term(
        Estimator.SHRUNK_DOUBLY_ROBUST,
        expected + SHRINKAGE * weight / (weight * weight + SHRINKAGE) * residual,
        times);
    weights.add(weight, times);
    direct.add(expected, times);
    corrections.add(weight * residual, times);
  }

  private void term(Estimator estimator, double term, double times) {
    means.computeIfAbsent(estimator, unused -> new TermSums()).add(term, times);
  }

  /** The estimates there are, with fixed-time normal intervals of those that are means. */
  Map<Estimator, Estimate> estimates() {
    Map<Estimator, Estimate> estimates = new EnumMap<>(Estimator.class);
    means.forEach(
        (estimator, sums) ->
            estimates.put(estimator, Estimate.around(sums.mean(), z * sums.standardError())));
    if (weights.mean() > 0) {
      estimates.put(
          Estimator.SELF_NORMALISED_DOUBLY_ROBUST,
          Estimate.alone(direct.mean() + corrections.mean() / weights.mean()));
    }
    return estimates;
  }
}
