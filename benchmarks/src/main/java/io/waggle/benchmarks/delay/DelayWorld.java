package io.waggle.benchmarks.delay;

import java.util.Arrays;
import java.util.Random;

/**
 * What users do: by context and action the chance of a reward, its size, and how late it comes. The
 * delay follows a Lomax (shifted Pareto) distribution of shape 1, whose tail is so long that it has
 * no mean: {@code P(delay < t) = t / (t + median)}.
 *
 * @param chance of a reward ever, {@code double[contexts][actions]}
 * @param reward its size, the same shape
 * @param medianSeconds of its delay, the same shape
 * @param unrewarded the default reward
 */
record DelayWorld(
    double[][] chance, double[][] reward, double[][] medianSeconds, double unrewarded) {
  static final int CONTEXTS = 4;
  static final int ACTIONS = 5;

  /** Seconds that a decision waits for its reward. */
  static final double WINDOW = 600;

  /** Kinds of worlds; the seed does the rest. */
  enum Kind {
    /** Rewards are rare and alike, one good action a context. */
    CLICKS(0),
    /** The same, but some actions are rewarded much later than others. */
    UNEVEN(1),
    /** From rare to nearly sure. */
    FREQUENT(2),
    /** Rewards of any sign and size around a default that is not 0. */
    MIXED(3);

    /** Part of the seed. */
    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  static DelayWorld of(Kind kind, long seed) {
    Random random = new Random(31 * seed + kind.number);
    double[][] chance = new double[CONTEXTS][ACTIONS];
    double[][] reward = new double[CONTEXTS][ACTIONS];
    double[][] median = new double[CONTEXTS][ACTIONS];
    for (int context = 0; context < CONTEXTS; context++) {
      for (int action = 0; action < ACTIONS; action++) {
        chance[context][action] =
            switch (kind) {
              case CLICKS, UNEVEN -> 0.03 + 0.1 * random.nextDouble();
              case FREQUENT -> 0.05 + 0.85 * random.nextDouble();
              case MIXED -> 0.2 + 0.5 * random.nextDouble();
            };
        reward[context][action] = kind == Kind.MIXED ? 2 * random.nextDouble() - 1 : 1;
        median[context][action] = kind == Kind.UNEVEN ? 15 + 135 * random.nextDouble() : 45;
      }
      if (kind == Kind.CLICKS || kind == Kind.UNEVEN) {
        chance[context][random.nextInt(ACTIONS)] = 0.35;
      }
    }
    return new DelayWorld(chance, reward, median, kind == Kind.MIXED ? -0.1 : 0);
  }

  /** Expected reward within the window. */
  double value(int context, int action) {
    double inTime = WINDOW / (WINDOW + medianSeconds[context][action]);
    return unrewarded + chance[context][action] * inTime * (reward[context][action] - unrewarded);
  }

  /** Expected reward of showing actions with these probabilities. */
  double value(int context, double[] probabilities) {
    double value = 0;
    for (int action = 0; action < ACTIONS; action++) {
      value += probabilities[action] * value(context, action);
    }
    return value;
  }

  /** Value of showing every action alike, over all contexts. */
  double uniform() {
    double[] probabilities = new double[ACTIONS];
    Arrays.fill(probabilities, 1.0 / ACTIONS);
    double value = 0;
    for (int context = 0; context < CONTEXTS; context++) {
      value += value(context, probabilities) / CONTEXTS;
    }
    return value;
  }

  /** The largest value that a policy can have which explores with that probability. */
  double best(double epsilon) {
    double value = 0;
    for (int context = 0; context < CONTEXTS; context++) {
      double best = value(context, 0);
      for (int action = 1; action < ACTIONS; action++) {
        best = Math.max(best, value(context, action));
      }
      value += best / CONTEXTS;
    }
    return (1 - epsilon) * value + epsilon * uniform();
  }

  /** Seconds until a decision's reward, drawn; infinite: none ever. */
  double delaySeconds(int context, int action, Random random) {
    boolean comes = random.nextDouble() < chance[context][action];
    double level = random.nextDouble();
    return comes ? medianSeconds[context][action] * level / (1 - level) : Double.POSITIVE_INFINITY;
  }
}
