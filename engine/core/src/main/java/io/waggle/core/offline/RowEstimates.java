package io.waggle.core.offline;

import io.waggle.core.evaluate.CressieRead;
import io.waggle.core.evaluate.Interval;
import io.waggle.core.evaluate.WeightRange;
import io.waggle.core.evaluate.WeightedRewards;
import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * The estimators whose value is a mean of one term a decision, or a ratio of two such means, with
 * their fixed-time normal intervals. O(1) state; one thread.
 *
 * <p>{@code w} is target probability over logged propensity, {@code r} the reward, {@code q} what
 * the reward model expects of the logged action, {@code D} what it expects of the policy. The
 * intervals hold at one look chosen beforehand, for many decisions and moderate weights.
 */
final class RowEstimates {
  private static final double SUB_GAUSSIAN = 0.1;
  private static final double SWITCH = 10;
  private static final double SHRINKAGE = 10;

  private static final CressieRead CRESSIE_READ = new CressieRead(WeightRange.ANY);

  private final EvaluationSettings settings;
  private final double z;
  private final Map<Estimator, TermSums> means = new EnumMap<>(Estimator.class);
  private final TermSums weights = new TermSums();
  private final TermSums corrections = new TermSums();
  private WeightedRewards sums = WeightedRewards.NONE;
  private double squaredWeights;
  private double squaredWeightsRewards;
  private double squaredWeightedRewards;

  /** Starts anew; the settings' alpha is that of each interval, both sides together. */
  RowEstimates(EvaluationSettings settings) {
    this.settings = settings;
    this.z = Math.sqrt(2) * InverseErfc.value(settings.alpha());
  }

  /** One single ranking that stands for so many decisions, without a reward model. */
  void add(double weight, double reward, double count) {
    addWeighted(weight, weight * reward, count);
    sums = sums.plus(weight * count, reward).plusDropped(count - 1);
    term(Estimator.IPS_CLIPPED, Math.min(weight, PolicyValue.CLIP) * reward, count);
    term(
        Estimator.SUB_GAUSSIAN_IPS,
        reward * weight / (1 - SUB_GAUSSIAN + SUB_GAUSSIAN * weight),
        count);
  }

  /**
   * One decision of several slots: its mean weight, and the mean of its weighted rewards, which is
   * not the product of two means. IPS and SNIPS alone are defined by them.
   */
  void addWeighted(double weight, double weightedReward, double count) {
    term(Estimator.IPS, weightedReward, count);
    weights.add(weight, count);
    squaredWeights += count * count * weight * weight;
    squaredWeightsRewards += count * count * weight * weightedReward;
    squaredWeightedRewards += count * count * weightedReward * weightedReward;
  }

  /** What the reward model says of the decision just added. */
  void addModel(
      double weight, double reward, double count, double expected, double expectedOfLogged) {
    double residual = reward - expectedOfLogged;
    term(Estimator.DIRECT, expected, count);
    term(Estimator.DOUBLY_ROBUST, expected + weight * residual, count);
    term(
        Estimator.SWITCH_DOUBLY_ROBUST,
        expected + (weight <= SWITCH ? weight * residual : 0),
        count);
    term(
        Estimator.SHRUNK_DOUBLY_ROBUST,
        expected + SHRINKAGE * weight / (weight * weight + SHRINKAGE) * residual,
        count);
    corrections.add(weight * residual, count);
  }

  private void term(Estimator estimator, double term, double count) {
    means.computeIfAbsent(estimator, unused -> new TermSums()).add(term, count);
  }

  /** The estimates there are; empty where the policy never had any weight. */
  Map<Estimator, Estimate> estimates() {
    Map<Estimator, Estimate> estimates = new EnumMap<>(Estimator.class);
    double meanWeight = weights.mean();
    if (meanWeight == 0) {
      return estimates;
    }
    means.forEach((estimator, sums) -> estimates.put(estimator, estimate(estimator, sums)));
    estimates.put(Estimator.SNIPS, selfNormalised(estimates));
    CRESSIE_READ
        .estimate(sums)
        .ifPresent(value -> estimates.put(Estimator.CRESSIE_READ, cressieRead(value)));
    Estimate direct = estimates.get(Estimator.DIRECT);
    if (direct != null) {
      estimates.put(
          Estimator.SELF_NORMALISED_DOUBLY_ROBUST,
          Estimate.alone(direct.value() + corrections.mean() / meanWeight));
    }
    return estimates;
  }

  private Estimate cressieRead(double value) {
    Interval interval =
        CRESSIE_READ.interval(sums, settings.rewardMin(), settings.rewardMax(), settings.alpha());
    return new Estimate(value, interval.lower(), interval.upper());
  }

  /**
   * What a fixed model expects varies from row to row; how wrong the model is, no interval says.
   */
  private Estimate estimate(Estimator estimator, TermSums sums) {
    return estimator == Estimator.DIRECT
        ? Estimate.alone(sums.mean())
        : Estimate.around(sums.mean(), z * sums.standardError());
  }

  /** The standard error is {@code sqrt(sum(w^2 (r - estimate)^2)) / sum(w)}. */
  private Estimate selfNormalised(Map<Estimator, Estimate> estimates) {
    Estimate ips = estimates.get(Estimator.IPS);
    double value = ips == null ? 0 : ips.value() / weights.mean();
    double squares =
        squaredWeightedRewards - 2 * value * squaredWeightsRewards + value * value * squaredWeights;
    return Estimate.around(value, z * Math.sqrt(Math.max(0, squares)) / weights.sum());
  }
}
