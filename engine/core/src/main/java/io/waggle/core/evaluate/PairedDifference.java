package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * What one policy is worth more than another on the same log, with an interval valid at every look.
 * O(1) state; one thread.
 *
 * <p>With weights {@code w1, w2} of the logged action, {@code m = min(w1, w2)} and the reward
 * {@code r} scaled to [0, 1], a single ranking's term is
 *
 * <pre>
 *   theta = (w1 - m) r + (w2 - m)(1 - r) - T,   T = sum over actions of max(0, p2 - p1)
 * </pre>
 *
 * where p1 and p2 are the policies' probabilities. {@code E[w2 - m] = T} given the context, because
 * both are sums over all actions of how much more probable the second policy makes them; so {@code
 * E[theta] = E[(w1 - w2) r]} is the difference of the two values, and {@code theta >= -T >= -1}. So
 * {@code (1 + theta) / 2} is non-negative with mean {@code (1 + difference) / 2} and goes into a
 * {@link DriftingLowerBound}, its mirror (the policies exchanged) into another. It is the
 * construction of Waudby-Smith et al. (2024), section 3.1, with what both policies agree on taken
 * out: where they agree on everything the term is exactly 0, however large the weights are. It
 * takes probabilities that sum to 1 and exact logged propensities.
 *
 * <p>Of several slots the terms are those of section 3.1 itself, {@code (W1 r + W2 (1 - r)) / 2}
 * averaged over the slots, W the product of the weights up to the slot: the agreement of two
 * sequences of draws cannot be summed up in a number per slot that is bounded.
 */
public final class PairedDifference {
  /** Name of the interval's method. */
  public static final String METHOD = "anytime-drifting-paired";

  private final double rewardMin;
  private final double rewardRange;
  private final double alpha;
  private final DriftingLowerBound below;
  private final DriftingLowerBound above;
  private long count;
  private double rewardSum;
  private double decisions;
  private WeightedRewards differences = WeightedRewards.NONE;

  /**
   * Starts anew.
   *
   * @param alpha in (0, 1): the interval's probability to ever miss, both sides together
   */
  public PairedDifference(double rewardMin, double rewardMax, double alpha) {
    this.rewardMin = rewardMin;
    this.rewardRange = rewardMax - rewardMin;
    this.alpha = alpha;
    this.below = new DriftingLowerBound(alpha / 2);
    this.above = new DriftingLowerBound(alpha / 2);
  }

  /**
   * One single ranking.
   *
   * @param first {@code double[actions]}, the first policy's probabilities; sums to 1
   * @param second the second policy's
   * @param chosen index of the logged action
   * @param propensity in (0, 1]
   * @param reward in the reward range
   * @param kept probability with which the log kept it, in (0, 1]
   */
  public void add(
      double[] first, double[] second, int chosen, double propensity, double reward, double kept) {
    double more = 0;
    double less = 0;
    for (int i = 0; i < first.length; i++) {
      more += Math.max(0, first[i] - second[i]);
      less += Math.max(0, second[i] - first[i]);
    }
    double scaled = (reward - rewardMin) / rewardRange;
    double difference = (first[chosen] - second[chosen]) / propensity;
    double firstAlone = Math.max(0, difference);
    double secondAlone = Math.max(0, -difference);
    double theta = firstAlone * scaled + secondAlone * (1 - scaled) - less;
    double mirrored = secondAlone * scaled + firstAlone * (1 - scaled) - more;
    // Rounding may bring a term that is -1 below it.
    bound(Math.max(0, (1 + theta) / 2), Math.max(0, (1 + mirrored) / 2), kept);
    add(difference * (scaled - expected()), scaled, kept);
  }

  /**
   * One decision of several slots.
   *
   * @param first {@code double[slots]}, the first policy's probabilities of the logged actions
   *     given those of the slots before; the others likewise
   */
  public void addSlots(
      double[] first, double[] second, double[] propensities, double[] rewards, double kept) {
    double firstWeight = 1;
    double secondWeight = 1;
    double term = 0;
    double mirrored = 0;
    double difference = 0;
    double mean = 0;
    for (int slot = 0; slot < rewards.length; slot++) {
      firstWeight *= first[slot] / propensities[slot];
      secondWeight *= second[slot] / propensities[slot];
      double scaled = (rewards[slot] - rewardMin) / rewardRange;
      term += (firstWeight * scaled + secondWeight * (1 - scaled)) / 2 / rewards.length;
      mirrored += (secondWeight * scaled + firstWeight * (1 - scaled)) / 2 / rewards.length;
      difference += (firstWeight - secondWeight) * (scaled - expected()) / rewards.length;
      mean += scaled / rewards.length;
    }
    bound(term, mirrored, kept);
    add(difference, mean, kept);
  }

  /** A kept decision stands for {@code 1 / kept}: the others count as dropped. */
  private void bound(double term, double mirrored, double kept) {
    below.add(term / kept, 1 / kept - 1);
    above.add(mirrored / kept, 1 / kept - 1);
  }

  /** The mean reward of the decisions before, scaled; of one imagined one of 1/2 at first. */
  private double expected() {
    return (rewardSum + 0.5) / (decisions + 1);
  }

  private void add(double difference, double reward, double kept) {
    count++;
    decisions += 1 / kept;
    rewardSum += reward / kept;
    differences = differences.plus(1 / kept, difference);
  }

  /** Decisions. */
  public long count() {
    return count;
  }

  /**
   * The first policy's value minus the second's, in reward units; 0 without any decision. The mean
   * of {@code (w1 - w2)(r - mean reward so far)}: as unbiased as without the mean, which is known
   * before the draw, and with less noise.
   */
  public double estimate() {
    return rewardRange * differences.snips();
  }

  /** The interval now, valid at every look and while rewards and policies change. */
  public ConfidenceInterval interval() {
    return ConfidenceInterval.newBuilder()
        .setLower(rewardRange * (2 * below.lower(alpha / 2) - 1))
        .setUpper(rewardRange * (1 - 2 * above.lower(alpha / 2)))
        .setAlpha(alpha)
        .setMethod(METHOD)
        .build();
  }

  /**
   * Half-width of the normal interval at one look chosen beforehand; 0 below two decisions. With
   * {@code c = 1 / kept} the standard error is {@code sqrt(sum c^2 (x - mean)^2) / sum c}.
   */
  public double fixedTimeHalfWidth() {
    if (count < 2) {
      return 0;
    }
    double mean = differences.snips();
    double squares =
        differences.weightedRewardsSquared()
            - 2 * mean * differences.weightsSquaredRewards()
            + mean * mean * differences.weightsSquared();
    double error = Math.sqrt(Math.max(0, squares) * count / (count - 1)) / differences.weights();
    return rewardRange * Math.sqrt(2) * InverseErfc.value(alpha) * error;
  }
}
