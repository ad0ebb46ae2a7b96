package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;

/**
 * Running off-policy evaluation of one policy: IPS, SNIPS, effective sample size and intervals
 * valid at every look, in O(1) state. One thread; a decision costs well under a microsecond, an
 * evaluation some hundred.
 *
 * <p>With weight {@code w = target probability / logged propensity} and reward {@code r}: IPS is
 * {@code sum(w r) / n}, SNIPS {@code sum(w r) / sum(w)}, the effective sample size {@code sum(w)^2
 * / sum(w^2)}. The intervals come from four {@link DriftingLowerBound}s at alpha/2 each, with r'
 * the reward scaled to [0, 1]: the value from {@code w r'} and, mirrored, {@code w (1 - r')}; the
 * lift over the logged decisions from {@code (w r' + 1 - r') / 2}, whose mean is {@code (1 + lift)
 * / 2}, and its mirror {@code (w (1 - r') + r') / 2}. They are valid while rewards and policies
 * change, and need exact logged propensities.
 */
public final class PolicyEvaluator {
  /** Name of the intervals' method. */
  public static final String METHOD = "anytime-drifting";

  /** Learners compute in floats: a certain action may come out as slightly more than 1. */
  private static final double PROBABILITY_SLACK = 1e-6;

  private static final int BOUNDS = 4;

  private final double rewardMin;
  private final double rewardRange;
  private final double alpha;
  private final DriftingLowerBound valueBelow;
  private final DriftingLowerBound valueAbove;
  private final DriftingLowerBound liftBelow;
  private final DriftingLowerBound liftAbove;
  private long count;
  private double rewardSum;
  private double weightSum;
  private double weightSquaredSum;
  private double weightMax;
  private double weightedRewardSum;
  private long rejected;

  /**
   * Starts anew for rewards in [min, max] at error probability alpha.
   *
   * @param alpha in (0, 1): each interval's probability to ever miss, both sides together
   * @throws IllegalArgumentException when the range is empty or not finite, or alpha out of range
   */
  public PolicyEvaluator(double rewardMin, double rewardMax, double alpha) {
    this(EvaluatorState.getDefaultInstance(), rewardMin, rewardMax, alpha);
  }

  private PolicyEvaluator(EvaluatorState state, double rewardMin, double rewardMax, double alpha) {
    if (!(rewardMin < rewardMax) || !Double.isFinite(rewardMax - rewardMin)) {
      throw new IllegalArgumentException(
          "reward range: " + rewardMin + " to " + rewardMax + " (expected: finite, not empty)");
    }
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 1))");
    }
    int bounds = state.getBoundsCount();
    if (bounds != BOUNDS && !(bounds == 0 && state.getCount() == 0)) {
      throw new IllegalArgumentException("bounds: " + bounds + " (expected: " + BOUNDS + ")");
    }
    this.rewardMin = rewardMin;
    this.rewardRange = rewardMax - rewardMin;
    this.alpha = alpha;
    this.valueBelow = bound(state, 0, alpha);
    this.valueAbove = bound(state, 1, alpha);
    this.liftBelow = bound(state, 2, alpha);
    this.liftAbove = bound(state, 3, alpha);
    this.count = state.getCount();
    this.rewardSum = state.getRewardSum();
    this.weightSum = state.getWeightSum();
    this.weightSquaredSum = state.getWeightSquaredSum();
    this.weightMax = state.getWeightMax();
    this.weightedRewardSum = state.getWeightedRewardSum();
    this.rejected = state.getRejected();
  }

  private static DriftingLowerBound bound(EvaluatorState state, int index, double alpha) {
    return state.getBoundsCount() == 0
        ? new DriftingLowerBound(alpha / 2)
        : DriftingLowerBound.restore(state.getBounds(index), alpha / 2);
  }

  /**
   * Goes on from saved sums. The reward range and alpha must be those the sums were made with: the
   * bounds' sums are in units of the range. Whoever changes them starts anew.
   *
   * @throws IllegalArgumentException as the constructor, or when the state is not one of {@link
   *     #state()}
   */
  public static PolicyEvaluator restore(
      EvaluatorState state, double rewardMin, double rewardMax, double alpha) {
    return new PolicyEvaluator(state, rewardMin, rewardMax, alpha);
  }

  /**
   * One decision: the policy's probability of the logged action, the logged propensity, the reward.
   * Values out of range (not finite, a probability below 0 or above 1, a propensity outside (0, 1],
   * a reward outside its range) are counted as rejected and change nothing else.
   */
  public void add(double targetProbability, double loggedPropensity, double reward) {
    double weight = weight(targetProbability, loggedPropensity);
    double scaled = scaled(reward);
    add(weight, reward, weight * reward, scaled, weight * scaled, weight * (1 - scaled));
  }

  /**
   * One decision of several slots, worth the mean of their rewards; rejected as above. The policy's
   * and the logged probabilities are those given the actions logged for the slots before. The
   * weight of slot k's reward is the product of the weights of slots 0 to k (reward interaction
   * IPS: McInerney, Brost, Chandar, Mehrotra, Carterette, "Counterfactual evaluation of slate
   * recommendations with sequential reward interactions", KDD 2020): unbiased where a slot's reward
   * does not depend on what later slots show. The decision's terms are the means over the slots;
   * non-negative and with means of at most 1 as before, so the intervals hold.
   *
   * @param targetProbabilities {@code double[slots]}, at least one; the others likewise
   */
  public void addSlots(
      double[] targetProbabilities, double[] loggedPropensities, double[] rewards) {
    int slots = rewards.length;
    double product = 1;
    double weight = slots == 0 ? Double.NaN : 0;
    double reward = 0;
    double weightedReward = 0;
    double scaled = 0;
    double weightedScaled = 0;
    double weightedRest = 0;
    for (int slot = 0; slot < slots; slot++) {
      product *= weight(targetProbabilities[slot], loggedPropensities[slot]);
      double slotScaled = scaled(rewards[slot]);
      if (!(slotScaled >= 0 && slotScaled <= 1)) {
        product = Double.NaN;
      }
      weight += product / slots;
      reward += rewards[slot] / slots;
      weightedReward += product * rewards[slot] / slots;
      scaled += slotScaled / slots;
      weightedScaled += product * slotScaled / slots;
      weightedRest += product * (1 - slotScaled) / slots;
    }
    // Rounding may bring a mean of ones above one.
    add(weight, reward, weightedReward, Math.min(scaled, 1), weightedScaled, weightedRest);
  }

  /** NaN where one of them is out of range. */
  private static double weight(double targetProbability, double loggedPropensity) {
    // Written so that NaN fails each of them.
    boolean valid =
        targetProbability >= 0
            && targetProbability <= 1 + PROBABILITY_SLACK
            && loggedPropensity > 0
            && loggedPropensity <= 1;
    return valid ? targetProbability / loggedPropensity : Double.NaN;
  }

  private double scaled(double reward) {
    return (reward - rewardMin) / rewardRange;
  }

  private void add(
      double weight,
      double reward,
      double weightedReward,
      double scaled,
      double weightedScaled,
      double weightedRest) {
    // Written so that NaN fails each of them.
    if (!(scaled >= 0 && scaled <= 1 && Double.isFinite(weight * weight))) {
      rejected++;
      return;
    }
    count++;
    rewardSum += reward;
    weightSum += weight;
    weightSquaredSum += weight * weight;
    weightMax = Math.max(weightMax, weight);
    weightedRewardSum += weightedReward;
    valueBelow.add(weightedScaled);
    valueAbove.add(weightedRest);
    liftBelow.add((weightedScaled + 1 - scaled) / 2);
    liftAbove.add((weightedRest + scaled) / 2);
  }

  /** The sums, to be saved. */
  public EvaluatorState state() {
    return EvaluatorState.newBuilder()
        .setCount(count)
        .setRewardSum(rewardSum)
        .setWeightSum(weightSum)
        .setWeightSquaredSum(weightSquaredSum)
        .setWeightMax(weightMax)
        .setWeightedRewardSum(weightedRewardSum)
        .setRejected(rejected)
        .addBounds(valueBelow.state())
        .addBounds(valueAbove.state())
        .addBounds(liftBelow.state())
        .addBounds(liftAbove.state())
        .build();
  }

  /**
   * Estimates and intervals now; surface, policy, segment, events learned and time are the caller's
   * to fill in. Without any decision, or without any weight, the estimates are 0 and the intervals
   * as wide as the rewards allow.
   */
  public PolicyEvaluation.Builder evaluate() {
    return PolicyEvaluation.newBuilder()
        .setCount(count)
        .setRewardSum(rewardSum)
        .setWeightSum(weightSum)
        .setWeightSquaredSum(weightSquaredSum)
        .setWeightMax(weightMax)
        .setIps(count == 0 ? 0 : weightedRewardSum / count)
        .setSnips(weightSum == 0 ? 0 : weightedRewardSum / weightSum)
        .setEffectiveSampleSize(
            weightSquaredSum == 0 ? 0 : weightSum * weightSum / weightSquaredSum)
        .setInterval(
            interval(
                rewardMin + rewardRange * valueBelow.lower(alpha / 2),
                rewardMin + rewardRange * (1 - valueAbove.lower(alpha / 2))))
        .setLift(
            interval(
                rewardRange * (2 * liftBelow.lower(alpha / 2) - 1),
                rewardRange * (1 - 2 * liftAbove.lower(alpha / 2))))
        .setNoOverlap(count > 0 && weightSum == 0)
        .setRejected(rejected);
  }

  private ConfidenceInterval interval(double lower, double upper) {
    return ConfidenceInterval.newBuilder()
        .setLower(lower)
        .setUpper(upper)
        .setAlpha(alpha)
        .setMethod(METHOD)
        .build();
  }
}
