package io.waggle.benchmarks.tastes;

import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.policy.Exploration;
import io.waggle.v1.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Items that everybody likes alike: {@value #ITEMS} of them, click probability log-uniform from
 * {@value #LEAST} to {@value #MOST}, drawn anew in the middle of a run. Shown {@value
 * #VIEWS_PER_SECOND} times a second of event time with an exploration floor of {@value #FLOOR}.
 */
final class MovingItems {
  private static final int ITEMS = 20;
  private static final double LEAST = 0.01;
  private static final double MOST = 0.3;
  private static final double FLOOR = 0.1;
  private static final int VIEWS_PER_SECOND = 10;
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final int PARTS = 4;

  private MovingItems() {}

  /** Scores (0: uniform, 1: always the best item) of the four quarters of a run. */
  static double[] scores(String arguments, long seed, int views) {
    Random random = new Random(seed);
    List<Action> actions = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      actions.add(Action.newBuilder().setId("item-" + item).build());
    }
    double[] chances = chances(random);
    double[] got = new double[PARTS];
    double[] best = new double[PARTS];
    try (Learner learner = Learners.open(arguments, null, 1e-4)) {
      for (int view = 0; view < views; view++) {
        if (view == views / 2) {
          chances = chances(random);
        }
        Example example =
            new Example(
                List.of(), List.of(), actions, START_MILLIS + view * 1_000L / VIEWS_PER_SECOND);
        double[] probabilities = learner.predict(example).probabilities();
        Exploration.applyFloor(probabilities, FLOOR);
        int chosen = Exploration.draw(probabilities, random.nextLong());
        boolean clicks = random.nextDouble() < chances[chosen];
        learner.learn(example, chosen, clicks ? -1 : 0, probabilities[chosen]);
        int part = view * PARTS / views;
        double uniform = mean(chances);
        got[part] += chances[chosen] - uniform;
        best[part] += max(chances) - uniform;
      }
    } catch (RejectedExampleException e) {
      throw new IllegalStateException("the learner refuses a view: " + e.getMessage(), e);
    }
    double[] scores = new double[PARTS];
    for (int part = 0; part < PARTS; part++) {
      scores[part] = got[part] / best[part];
    }
    return scores;
  }

  private static double[] chances(Random random) {
    double[] chances = new double[ITEMS];
    for (int item = 0; item < ITEMS; item++) {
      chances[item] = LEAST * Math.pow(MOST / LEAST, random.nextDouble());
    }
    return chances;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double max(double[] values) {
    double max = values[0];
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
