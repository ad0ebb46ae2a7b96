package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Running off-policy evaluation of one policy: estimates of its mean reward by several estimators,
 * effective sample size, and intervals valid at every look, in O(1) state. One thread; a decision
 * costs well under a microsecond, an evaluation some hundred.
 *
 * <p>With weight {@code w = target probability / logged propensity}, reward {@code r}, and from a
 * reward model {@code q} (what it expects of the logged action) and {@code d} (what it expects of
 * the policy's choice): IPS is {@code sum(w r) / n}, SNIPS {@code sum(w r) / sum(w)}, the direct
 * method {@code sum(d) / n}, doubly robust {@code sum(d + min(w, cap) (r - q)) / n} (Dudik,
 * Langford, Li, "Doubly robust policy evaluation and learning", ICML 2011; Cressie-Read: {@link
 * CressieRead}), the effective sample size {@code sum(w)^2 / sum(w^2)}.
 *
 * <p>The intervals valid at every look come from four {@link DriftingLowerBound}s at alpha/2 each,
 * with r' the reward scaled to [0, 1]: the value from {@code w r'} and, mirrored, {@code w (1 -
 * r')}; the lift over the logged decisions from {@code (w r' + 1 - r') / 2}, whose mean is {@code
 * (1 + lift) / 2}, and its mirror {@code (w (1 - r') + r') / 2}. They are valid while rewards and
 * policies change, and need exact logged propensities. A fifth bounds the mean of {@code w} itself,
 * which is 1 whatever the policy where propensities are what the actions were drawn with, and
 * {@link WeightBelowOne} tests it from the other side: {@link #alarm} compares.
 */
public final class PolicyEvaluator {
  /** Name of the intervals' method. */
  public static final String METHOD = "anytime-drifting";

  /** Learners compute in floats: a certain action may come out as slightly more than 1. */
  private static final double PROBABILITY_SLACK = 1e-6;

  /** Alarms are for people: far fewer false ones than intervals that miss. */
  private static final double ALARM_ALPHA = 1e-3;

  /** Logs round propensities: so much may the mean weight be above 1. */
  private static final double MEAN_WEIGHT_SLACK = 0.01;

  /**
   * A policy is ahead of what serves of it, by what it learned since: so much of the mean reward
   * may it be worth less on its own decisions. How much more says nothing: at first it learns
   * quickly.
   */
  private static final double LIFT_SLACK = 0.1;

  private static final int VALUE_BELOW = 0;
  private static final int VALUE_ABOVE = 1;
  private static final int LIFT_BELOW = 2;
  private static final int LIFT_ABOVE = 3;
  private static final int WEIGHT_BELOW = 4;
  private static final int BOUNDS = 5;

  private final EvaluationSettings settings;
  private final double rewardRange;
  private final DriftingLowerBound[] bounds = new DriftingLowerBound[BOUNDS];
  private final EvaluationWindows windows;
  private final WeightBelowOne belowOne;
  private WeightedRewards sums;
  private long count;
  private double cappedWeightSum;
  private double directSum;
  private double robustSum;
  private double robustSquaredSum;
  private long rejected;

  /** Starts anew. */
  public PolicyEvaluator(EvaluationSettings settings) {
    this(EvaluatorState.getDefaultInstance(), settings);
  }

  /**
   * Starts anew for rewards in [min, max] at error probability alpha, without windows or cap.
   *
   * @throws IllegalArgumentException as {@link EvaluationSettings}
   */
  public PolicyEvaluator(double rewardMin, double rewardMax, double alpha) {
    this(new EvaluationSettings(rewardMin, rewardMax, alpha));
  }

  private PolicyEvaluator(EvaluatorState state, EvaluationSettings settings) {
    int saved = state.getBoundsCount();
    if (saved != BOUNDS && !(saved == 0 && state.getCount() == 0)) {
      throw new IllegalArgumentException("bounds: " + saved + " (expected: " + BOUNDS + ")");
    }
    this.settings = settings;
    this.rewardRange = settings.rewardMax() - settings.rewardMin();
    for (int i = 0; i < BOUNDS; i++) {
      DriftingLowerBound bound = new DriftingLowerBound(settings.alpha() / 2);
      bounds[i] = saved == 0 ? bound : DriftingLowerBound.restore(state.getBounds(i), bound);
    }
    this.windows = new EvaluationWindows(settings.windowMillis(), state.getWindowsList());
    this.belowOne = new WeightBelowOne(state.getWeightLogCapital());
    this.sums = EvaluatorSums.of(state);
    this.count = state.getCount();
    this.cappedWeightSum = state.getCappedWeightSum();
    this.directSum = state.getDirectSum();
    this.robustSum = state.getRobustSum();
    this.robustSquaredSum = state.getRobustSquaredSum();
    this.rejected = state.getRejected();
  }

  /**
   * Goes on from saved sums. The settings (but for the windows' length) must be those the sums were
   * made with: the bounds' sums are in units of the range. Whoever changes them starts anew.
   *
   * @throws IllegalArgumentException when the state is not one of {@link #state()}
   */
  public static PolicyEvaluator restore(EvaluatorState state, EvaluationSettings settings) {
    return new PolicyEvaluator(state, settings);
  }

  /** One decision, as {@link #add(Evidence)} without a reward model. */
  public void add(double targetProbability, double loggedPropensity, double reward) {
    add(Evidence.of(targetProbability, loggedPropensity, reward));
  }

  /**
   * One decision. Values out of range (not finite, a probability below 0 or above 1, a propensity
   * outside (0, 1], a reward outside its range) are counted as rejected and change nothing else.
   */
  public void add(Evidence evidence) {
    addSlots(List.of(evidence));
  }

  /**
   * One decision of several slots, worth the mean of their rewards; rejected as above. The policy's
   * and the logged probabilities are those given the actions logged for the slots before. The
   * weight of slot k's reward is the product of the weights of slots 0 to k (reward interaction
   * IPS: McInerney, Brost, Chandar, Mehrotra, Carterette, "Counterfactual evaluation of slate
   * recommendations with sequential reward interactions", KDD 2020): unbiased where a slot's reward
   * does not depend on what later slots show; what the reward model expects of slot k's choice is
   * weighted by the product of those before. The decision's terms are the means over the slots;
   * non-negative and with means of at most 1 as before, so the intervals hold.
   *
   * @param slots at least one, in order
   */
  public void addSlots(List<Evidence> slots) {
    Terms terms = Terms.of(slots, settings);
    if (!terms.valid()) {
      rejected++;
      return;
    }
    double times = terms.times();
    count++;
    sums = sums.plus(terms.weight(), terms.reward(), terms.weightedReward(), times);
    cappedWeightSum += times * Math.min(terms.weight(), settings.weightCap());
    directSum += times * terms.direct();
    robustSum += times * terms.robust();
    robustSquaredSum += times * terms.robust() * times * terms.robust();
    windows.add(
        slots.get(0).timeMillis(),
        times,
        terms.reward(),
        terms.weight(),
        terms.weightedReward(),
        terms.robust());
    bounds[VALUE_BELOW].add(times * terms.weightedScaled(), times - 1);
    bounds[VALUE_ABOVE].add(times * terms.weightedRest(), times - 1);
    bounds[LIFT_BELOW].add(times * (terms.weightedScaled() + 1 - terms.scaled()) / 2, times - 1);
    bounds[LIFT_ABOVE].add(times * (terms.weightedRest() + terms.scaled()) / 2, times - 1);
    bounds[WEIGHT_BELOW].add(times * terms.weight(), times - 1);
    if (slots.size() == 1) {
      Evidence only = slots.get(0);
      belowOne.add(terms.weight(), only.propensity(), only.smallestPropensity());
    }
  }

  /**
   * The terms of one decision.
   *
   * @param times how many decisions it stands for
   * @param scaled reward scaled to [0, 1]
   * @param weightedRest weight times one minus the scaled reward
   */
  private record Terms(
      double times,
      double weight,
      double reward,
      double weightedReward,
      double scaled,
      double weightedScaled,
      double weightedRest,
      double direct,
      double robust) {

    static Terms of(List<Evidence> slots, EvaluationSettings settings) {
      int number = slots.size();
      double product = 1;
      double weight = number == 0 ? Double.NaN : 0;
      double reward = 0;
      double weightedReward = 0;
      double scaled = 0;
      double weightedScaled = 0;
      double weightedRest = 0;
      double direct = 0;
      double robust = 0;
      for (Evidence slot : slots) {
        double before = Math.min(product, settings.weightCap());
        double slotScaled =
            (slot.reward() - settings.rewardMin()) / (settings.rewardMax() - settings.rewardMin());
        boolean inRange = slotScaled >= 0 && slotScaled <= 1;
        product *= inRange ? slotWeight(slot) : Double.NaN;
        weight += product / number;
        reward += slot.reward() / number;
        weightedReward += product * slot.reward() / number;
        scaled += slotScaled / number;
        weightedScaled += product * slotScaled / number;
        weightedRest += product * (1 - slotScaled) / number;
        direct += slot.directReward() / number;
        robust +=
            (before * slot.directReward()
                    + Math.min(product, settings.weightCap())
                        * (slot.reward() - slot.modelledReward()))
                / number;
      }
      // Rounding may bring a mean of ones above one.
      return new Terms(
          number == 0 ? 1 : 1 / slots.get(0).keptProbability(),
          weight,
          reward,
          weightedReward,
          Math.min(scaled, 1),
          weightedScaled,
          weightedRest,
          direct,
          robust);
    }

    /** NaN where one of them is out of range. */
    private static double slotWeight(Evidence slot) {
      // Written so that NaN fails each of them.
      boolean valid =
          slot.targetProbability() >= 0
              && slot.targetProbability() <= 1 + PROBABILITY_SLACK
              && slot.propensity() > 0
              && slot.propensity() <= 1;
      return valid ? slot.targetProbability() / slot.propensity() : Double.NaN;
    }

    boolean valid() {
      // Written so that NaN fails each of them.
      return scaled >= 0
          && scaled <= 1
          && times >= 1
          && Double.isFinite(times * weight * weight)
          && Double.isFinite(robust * robust)
          && Double.isFinite(direct);
    }
  }

  /** Decisions it was given, rejected ones included. */
  long offered() {
    return count + rejected;
  }

  /** The sums, to be saved. */
  public EvaluatorState state() {
    EvaluatorState.Builder state =
        EvaluatorSums.save(sums)
            .setCount(count)
            .setCappedWeightSum(cappedWeightSum)
            .setDirectSum(directSum)
            .setRobustSum(robustSum)
            .setRobustSquaredSum(robustSquaredSum)
            .setRejected(rejected)
            .setWeightLogCapital(belowOne.logCapital())
            .addAllWindows(windows.list());
    for (DriftingLowerBound bound : bounds) {
      state.addBounds(bound.state());
    }
    return state.build();
  }

  /**
   * Estimates and intervals now, and the sums they are made of; surface, policy, segment, events
   * learned and time are the caller's to fill in. Without any decision, or without any weight, the
   * estimates are 0, {@code no_overlap} says the latter, and the intervals are as wide as the
   * rewards allow.
   */
  public PolicyEvaluation.Builder evaluate() {
    EvaluatorState state = state();
    return EvaluatorSums.evaluate(state, settings)
        .setSums(state)
        .setInterval(
            interval(
                settings.rewardMin() + rewardRange * lower(VALUE_BELOW, settings.alpha()),
                settings.rewardMin() + rewardRange * (1 - lower(VALUE_ABOVE, settings.alpha()))))
        .setLift(
            interval(
                rewardRange * (2 * lower(LIFT_BELOW, settings.alpha()) - 1),
                rewardRange * (1 - 2 * lower(LIFT_ABOVE, settings.alpha()))));
  }

  /**
   * What the decisions say against the logged propensities, for people; null: nothing. Wrong at any
   * look with a probability of about {@value #ALARM_ALPHA} at most.
   *
   * @param own true: all decisions are this policy's own, so its value is their mean reward
   */
  public @Nullable String alarm(boolean own) {
    if (count == 0) {
      return null;
    }
    double weight = sums.weights() / sums.count();
    if (bounds[WEIGHT_BELOW].exceeds(1 + MEAN_WEIGHT_SLACK, ALARM_ALPHA / 3)) {
      return "the mean weight is %.3f (expected: 1): propensities are logged too small"
          .formatted(weight);
    }
    if (belowOne.holds(ALARM_ALPHA / 3)) {
      return "the mean weight is %.3f (expected: 1): propensities are logged too large"
          .formatted(weight);
    }
    return own ? disagreement() : null;
  }

  /** Null: its value on its own decisions may be their mean reward. */
  private @Nullable String disagreement() {
    double mean = sums.rewards() / sums.count();
    double slack = LIFT_SLACK * (mean - settings.rewardMin());
    double above = rewardRange * (1 - 2 * lower(LIFT_ABOVE, ALARM_ALPHA / 3));
    if (above < -slack) {
      return ("its own decisions' mean reward is %.4f, but its value on them at most %.4f:"
              + " propensities are not those the actions were drawn with, or old versions serve")
          .formatted(mean, mean + above);
    }
    return null;
  }

  /** One side of an interval of that error probability. */
  private double lower(int bound, double alpha) {
    return bounds[bound].lower(alpha / 2);
  }

  private ConfidenceInterval interval(double lower, double upper) {
    return ConfidenceInterval.newBuilder()
        .setLower(lower)
        .setUpper(upper)
        .setAlpha(settings.alpha())
        .setMethod(METHOD)
        .build();
  }
}
