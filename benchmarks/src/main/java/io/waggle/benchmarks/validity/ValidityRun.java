package io.waggle.benchmarks.validity;

import io.waggle.core.evaluate.GaussianInterval;
import io.waggle.core.evaluate.Interval;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.evaluate.WeightedRewards;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.SplittableRandom;

/**
 * One run of a scenario. The truth is known: the mean over the decisions so far of what the
 * policies were expected to get. The intervals see what a log holds. Same seed, same run.
 */
final class ValidityRun {
  private final Scenario scenario;
  private final int steps;
  private final double alpha;
  private final SplittableRandom random;
  private final double phase;
  private final PolicyEvaluator evaluator;
  private final FixedValueLowerBound fixedBelow;
  private final FixedValueLowerBound fixedAbove;
  private WeightedRewards sums = WeightedRewards.NONE;
  private double targetSum;
  private double loggerSum;
  private int step;

  ValidityRun(Scenario scenario, int steps, double alpha, long seed) {
    this.scenario = scenario;
    this.steps = steps;
    this.alpha = alpha;
    this.random = new SplittableRandom(seed);
    this.phase = random.nextDouble(0, 2 * Math.PI);
    this.evaluator = new PolicyEvaluator(0, 1, alpha);
    this.fixedBelow = new FixedValueLowerBound(alpha / 2);
    this.fixedAbove = new FixedValueLowerBound(alpha / 2);
  }

  /** Makes decisions up to this one. */
  void advance(int untilStep) {
    while (step < untilStep) {
      step++;
      Moment moment = scenario.at(step, steps, sums.weightedRewards() - targetSum, phase);
      int chosen = draw(moment.logger());
      double reward = random.nextDouble() < moment.rates()[chosen] ? 1 : 0;
      double target = moment.target()[chosen];
      double logged = moment.logger()[chosen];
      double weight = target / logged;
      evaluator.add(target, logged, reward);
      sums = sums.plus(weight, reward);
      fixedBelow.add(weight * reward);
      fixedAbove.add(weight * (1 - reward));
      targetSum += moment.targetValue();
      loggerSum += moment.loggerValue();
    }
  }

  /** What a method's interval is for. */
  double truth(Method method) {
    return (method == Method.LIFT ? targetSum - loggerSum : targetSum) / step;
  }

  /** All intervals at one step, none wider than the rewards allow. */
  record Look(Interval value, Interval lift, Interval gaussian, Interval fixedValue) {
    Interval of(Method method) {
      return switch (method) {
        case VALUE -> value;
        case LIFT -> lift;
        case GAUSSIAN -> gaussian;
        case FIXED_VALUE -> fixedValue;
      };
    }
  }

  /** Looks now. */
  Look look() {
    PolicyEvaluation evaluation = evaluator.evaluate().build();
    Interval single = GaussianInterval.of(sums, alpha);
    return new Look(
        interval(evaluation.getInterval()),
        interval(evaluation.getLift()),
        within(single.lower(), single.upper()),
        within(fixedBelow.lower(), 1 - fixedAbove.lower()));
  }

  private static Interval interval(ConfidenceInterval interval) {
    return new Interval(interval.getLower(), interval.getUpper());
  }

  /** Cut to [0, 1]; one whose ends cross holds nothing but the point between them. */
  private static Interval within(double lower, double upper) {
    double from = Math.min(1, Math.max(0, lower));
    double to = Math.min(1, Math.max(0, upper));
    return from <= to ? new Interval(from, to) : new Interval((from + to) / 2, (from + to) / 2);
  }

  private int draw(double[] probabilities) {
    double left = random.nextDouble();
    int action = 0;
    while (action < probabilities.length - 1 && left >= probabilities[action]) {
      left -= probabilities[action++];
    }
    return action;
  }
}
