package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the sums of an evaluation alone: everything but the intervals that are valid at
 * every look. Stateless; any thread.
 */
final class EvaluatorSums {
  /** What the names of methods begin with whose intervals hold at one look only. */
  static final String FIXED_TIME = "fixed-time-";

  private EvaluatorSums() {}

  static WeightedRewards of(EvaluatorState state) {
    return new WeightedRewards(
        state.getDecisions(),
        state.getWeightSum(),
        state.getWeightSquaredSum(),
        state.getWeightMax(),
        state.getRewardSum(),
        state.getWeightedRewardSum(),
        state.getWeightSquaredRewardSum(),
        state.getWeightedRewardSquaredSum());
  }

  static EvaluatorState.Builder save(WeightedRewards sums) {
    return EvaluatorState.newBuilder()
        .setDecisions(sums.count())
        .setWeightSum(sums.weights())
        .setWeightSquaredSum(sums.weightsSquared())
        .setWeightMax(sums.weightMax())
        .setRewardSum(sums.rewards())
        .setWeightedRewardSum(sums.weightedRewards())
        .setWeightSquaredRewardSum(sums.weightsSquaredRewards())
        .setWeightedRewardSquaredSum(sums.weightedRewardsSquared());
  }

  /** The sums of both; without bounds, which do not add up. */
  static EvaluatorState plus(EvaluatorState one, EvaluatorState other) {
    return save(of(one).plus(of(other)))
        .setCount(one.getCount() + other.getCount())
        .setCappedWeightSum(one.getCappedWeightSum() + other.getCappedWeightSum())
        .setDirectSum(one.getDirectSum() + other.getDirectSum())
        .setRobustSum(one.getRobustSum() + other.getRobustSum())
        .setRobustSquaredSum(one.getRobustSquaredSum() + other.getRobustSquaredSum())
        .setRejected(one.getRejected() + other.getRejected())
        .addAllWindows(EvaluationWindows.sum(one.getWindowsList(), other.getWindowsList()))
        .build();
  }

  /** Estimates and fixed-time intervals; without any decision or weight the estimates are 0. */
  static PolicyEvaluation.Builder evaluate(EvaluatorState state, EvaluationSettings settings) {
    WeightedRewards sums = of(state);
    boolean noOverlap = state.getCount() > 0 && sums.weights() == 0;
    PolicyEvaluation.Builder evaluation =
        PolicyEvaluation.newBuilder()
            .setCount(state.getCount())
            .setRewardSum(sums.rewards())
            .setWeightSum(sums.weights())
            .setWeightSquaredSum(sums.weightsSquared())
            .setWeightMax(sums.weightMax())
            .setIps(sums.ips())
            .setSnips(sums.snips())
            .setEffectiveSampleSize(sums.effectiveSampleSize())
            .setClippedShare(
                sums.weights() == 0
                    ? 0
                    : Math.max(0, 1 - state.getCappedWeightSum() / sums.weights()))
            .setNoOverlap(noOverlap)
            .setRejected(state.getRejected())
            .setRewardMin(settings.rewardMin())
            .setRewardMax(settings.rewardMax())
            .setWeightCap(settings.weightCap())
            .addAllWindows(state.getWindowsList());
    if (state.getCount() > 0 && !noOverlap) {
      estimates(evaluation, state, sums, settings);
    }
    return evaluation;
  }

  private static void estimates(
      PolicyEvaluation.Builder evaluation,
      EvaluatorState state,
      WeightedRewards sums,
      EvaluationSettings settings) {
    double alpha = settings.alpha();
    long count = state.getCount();
    double cap = Double.isFinite(settings.weightCap()) ? settings.weightCap() : 0;
    CressieRead cressieRead = new CressieRead(WeightRange.ANY);
    Interval likely = cressieRead.interval(sums, settings.rewardMin(), settings.rewardMax(), alpha);
    OptionalDouble likeliest = cressieRead.estimate(sums);
    evaluation
        .addEstimates(
            estimate(
                Estimator.ESTIMATOR_IPS,
                sums.ips(),
                0,
                count,
                fixed(GaussianInterval.of(sums, alpha), GaussianInterval.METHOD, alpha)))
        .addEstimates(
            estimate(
                Estimator.ESTIMATOR_SNIPS,
                sums.snips(),
                0,
                count,
                fixed(GaussianInterval.selfNormalised(sums, alpha), "linearised-gaussian", alpha)))
        .addEstimates(
            estimate(Estimator.ESTIMATOR_DM, state.getDirectSum() / sums.count(), 0, count, null))
        .addEstimates(
            estimate(
                Estimator.ESTIMATOR_DR,
                state.getRobustSum() / sums.count(),
                cap,
                count,
                fixed(
                    GaussianInterval.of(
                        sums.count(), state.getRobustSum(), state.getRobustSquaredSum(), alpha),
                    GaussianInterval.METHOD,
                    alpha)));
    likeliest.ifPresent(
        value ->
            evaluation.addEstimates(
                estimate(
                    Estimator.ESTIMATOR_CRESSIE_READ,
                    value,
                    0,
                    count,
                    fixed(likely, CressieRead.METHOD, alpha))));
  }

  private static Estimate estimate(
      Estimator estimator,
      double value,
      double cap,
      long count,
      @Nullable ConfidenceInterval fixedTime) {
    Estimate.Builder estimate =
        Estimate.newBuilder()
            .setEstimator(estimator)
            .setValue(value)
            .setWeightCap(cap)
            .setCount(count);
    return fixedTime == null ? estimate.build() : estimate.setFixedTime(fixedTime).build();
  }

  /** Null where nothing bounds it: there are too few decisions. */
  private static @Nullable ConfidenceInterval fixed(
      Interval interval, String method, double alpha) {
    return Double.isInfinite(interval.width())
        ? null
        : ConfidenceInterval.newBuilder()
            .setLower(interval.lower())
            .setUpper(interval.upper())
            .setAlpha(alpha)
            .setMethod(FIXED_TIME + method)
            .build();
  }
}
