package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Seeded simulation of what the intervals promise: rewards of four actions drift, the logging
 * policy changes its mind and its exploration, the evaluated policy changes too, and someone looks
 * again and again. A run is a miss when any look's interval does not hold the true running mean.
 */
class AnytimeValidityTest {
  private static final int RUNS = 200;
  private static final int STEPS = 2000;
  private static final int LOOK_EVERY = 50;
  private static final int ACTIONS = 4;
  private static final double ALPHA = 0.1;
  private static final double MIN = -1;
  private static final double MAX = 3;

  /** Three standard deviations above the promised rate: 20 + 3 sqrt(18). */
  private static final int MOST_MISSES = 33;

  @Test
  void intervalsMissNoMoreOftenThanPromisedWhileEverythingDrifts() {
    int valueMisses = 0;
    int liftMisses = 0;
    int liftFound = 0;
    for (int run = 0; run < RUNS; run++) {
      Simulation simulation = new Simulation(run);
      boolean valueMissed = false;
      boolean liftMissed = false;
      PolicyEvaluation last = PolicyEvaluation.getDefaultInstance();
      for (int step = 1; step <= STEPS; step++) {
        simulation.step(step);
        if (step % LOOK_EVERY == 0) {
          last = simulation.evaluator.evaluate().build();
          valueMissed |= misses(last.getInterval(), simulation.targetSum / step);
          double lift = (simulation.targetSum - simulation.loggerSum) / step;
          liftMissed |= misses(last.getLift(), lift);
        }
      }
      valueMisses += valueMissed ? 1 : 0;
      liftMisses += liftMissed ? 1 : 0;
      liftFound += last.getLift().getLower() > 0 ? 1 : 0;
    }

    assertThat(valueMisses).isLessThanOrEqualTo(MOST_MISSES);
    assertThat(liftMisses).isLessThanOrEqualTo(MOST_MISSES);
    // Valid is easy when nothing is ever claimed: most runs must see that the target is better.
    assertThat(liftFound).isGreaterThan(RUNS / 2);
  }

  private static boolean misses(ConfidenceInterval interval, double truth) {
    return truth < interval.getLower() || truth > interval.getUpper();
  }

  /** One run: its truth is known, its evaluator sees only what a log would hold. */
  private static final class Simulation {
    final PolicyEvaluator evaluator = new PolicyEvaluator(MIN, MAX, ALPHA);
    private final SplittableRandom random;
    private final double phase;
    double targetSum;
    double loggerSum;

    Simulation(long seed) {
      this.random = new SplittableRandom(seed);
      this.phase = random.nextDouble(0, 2 * Math.PI);
    }

    void step(int step) {
      double[] successRates = new double[ACTIONS];
      int best = 0;
      for (int a = 0; a < ACTIONS; a++) {
        successRates[a] = 0.4 + 0.35 * Math.sin(phase + step / 300.0 + a * Math.PI / 2);
        best = successRates[a] > successRates[best] ? a : best;
      }
      // The logger follows the best of a while ago and explores less and less.
      double[] logger = favouring((best + 1) % ACTIONS, 0.8 - 0.4 * step / STEPS);
      double[] target = favouring(best, 0.1 + 0.1 * random.nextDouble());
      int chosen = pick(logger);
      double reward = random.nextDouble() < successRates[chosen] ? MAX : MIN;
      for (int a = 0; a < ACTIONS; a++) {
        double expected = MIN + (MAX - MIN) * successRates[a];
        targetSum += target[a] * expected;
        loggerSum += logger[a] * expected;
      }
      evaluator.add(target[chosen], logger[chosen], reward);
    }

    private static double[] favouring(int favourite, double exploration) {
      double[] probabilities = new double[ACTIONS];
      Arrays.fill(probabilities, exploration / ACTIONS);
      probabilities[favourite] += 1 - exploration;
      return probabilities;
    }

    private int pick(double[] probabilities) {
      double left = random.nextDouble();
      for (int a = 0; a < ACTIONS - 1; a++) {
        left -= probabilities[a];
        if (left < 0) {
          return a;
        }
      }
      return ACTIONS - 1;
    }
  }
}
