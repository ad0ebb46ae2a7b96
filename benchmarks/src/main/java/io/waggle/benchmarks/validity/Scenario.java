package io.waggle.benchmarks.validity;

import java.util.Arrays;

/** Worlds with four actions, by how rewards and the logging policy change. */
enum Scenario {
  /** Nothing changes: where bounds for a value that stays hold too. */
  STILL {
    @Override
    Moment at(int step, int steps, double excess, double phase) {
      return new Moment(new double[] {.2, .3, .5, .4}, favouring(1, .4), favouring(2, .1));
    }
  },

  /**
   * After a quarter of the run the target's action, good until then, turns bad, and the logger,
   * which liked it too, favours another.
   */
  ABRUPT {
    @Override
    Moment at(int step, int steps, double excess, double phase) {
      return step <= steps / 4
          ? new Moment(new double[] {.2, .3, .9, .4}, favouring(2, .6), favouring(2, .1))
          : new Moment(new double[] {.6, .4, .1, .3}, favouring(0, .8), favouring(2, .1));
    }
  },

  /**
   * Rewards swing; the target follows the best action, the logger the next one, exploring ever
   * less.
   */
  SLOW {
    @Override
    Moment at(int step, int steps, double excess, double phase) {
      double[] rates = new double[ACTIONS];
      int best = 0;
      for (int action = 0; action < ACTIONS; action++) {
        double angle = phase + 7 * (double) step / steps + action * Math.PI / 2;
        rates[action] = .4 + .35 * Math.sin(angle);
        best = rates[action] > rates[best] ? action : best;
      }
      double exploration = .8 - .6 * step / steps;
      return new Moment(rates, favouring((best + 1) % ACTIONS, exploration), favouring(best, .1));
    }
  },

  /**
   * The logger knows the truth and works against the estimate: where it is too high the target's
   * action turns worse and is shown seldom, with large weights; where it is too low, the contrary.
   */
  ADVERSARIAL {
    @Override
    Moment at(int step, int steps, double excess, double phase) {
      double rate = excess > 0 ? .3 : .6;
      double exploration = excess > 0 ? .16 : .8;
      return new Moment(
          new double[] {.2, .4, rate, .3}, favouring(1, exploration), favouring(2, .1));
    }
  },

  /** The logger shows the target's action once in a hundred decisions, and rewards are rare. */
  RARE_ARM {
    @Override
    Moment at(int step, int steps, double excess, double phase) {
      return new Moment(new double[] {.05, .05, .1, .05}, favouring(0, .04), favouring(2, .1));
    }
  };

  private static final int ACTIONS = 4;

  /**
   * The world at a step.
   *
   * @param step from 1
   * @param steps in all
   * @param excess sum of weighted rewards so far less the sum of the target's expected ones
   * @param phase of what swings, drawn for the run
   */
  abstract Moment at(int step, int steps, double excess, double phase);

  private static double[] favouring(int favourite, double exploration) {
    double[] probabilities = new double[ACTIONS];
    Arrays.fill(probabilities, exploration / ACTIONS);
    probabilities[favourite] += 1 - exploration;
    return probabilities;
  }
}
