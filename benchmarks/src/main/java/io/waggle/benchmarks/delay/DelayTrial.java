package io.waggle.benchmarks.delay;

import io.waggle.core.model.RejectedExampleException;
import java.util.Arrays;
import java.util.List;

/**
 * One method in worlds of one kind, over seeds.
 *
 * @param windows how long each run lasts, in windows, at least 2
 */
record DelayTrial(DelayWorld.Kind kind, Method method, int seeds, int windows) {
  /** Share of the best value that is to be reached. */
  static final double LEVEL = 0.9;

  /** Looks over which a value must hold, on average, to count as reached: 400 decisions. */
  private static final int HOLDS = 20;

  /** Half windows after which estimates are looked at: two thirds of the decisions are open. */
  private static final int ESTIMATED_AFTER = 3;

  private static final int DECISIONS_A_WINDOW =
      (int) (1_000 * DelayWorld.WINDOW / DelaySimulation.INTERVAL_MILLIS);

  /**
   * What came of it.
   *
   * @param reachedSeconds by seed, sorted: when 90 % of the best value was reached and held;
   *     infinite: not within the run
   * @param meanValue over seeds, at each look; 0: uniform, 1: best
   * @param learnerErrors by seed: the learner's estimated value minus its true one
   * @param uniformErrors by seed: the same of uniform
   * @param learnerCovered share of the seeds where the interval held the truth
   * @param uniformCovered the same of uniform
   */
  record Result(
      DelayTrial trial,
      double[] reachedSeconds,
      double[] meanValue,
      double[] learnerErrors,
      double[] uniformErrors,
      double learnerCovered,
      double uniformCovered) {

    double medianReachedSeconds() {
      return reachedSeconds[reachedSeconds.length / 2];
    }

    /** Mean of the value from one window to another. */
    double meanValue(int fromWindow, int toWindow) {
      int looks = DECISIONS_A_WINDOW / DelaySimulation.LOOK;
      return Arrays.stream(meanValue, fromWindow * looks, toWindow * looks)
          .average()
          .orElse(Double.NaN);
    }
  }

  /** Runs the seeds from 1 on. */
  Result run() throws RejectedExampleException {
    double[] reached = new double[seeds];
    double[] learnerErrors = new double[seeds];
    double[] uniformErrors = new double[seeds];
    double[] mean = new double[windows * DECISIONS_A_WINDOW / DelaySimulation.LOOK];
    int learnerCovered = 0;
    int uniformCovered = 0;
    int first = ESTIMATED_AFTER * DECISIONS_A_WINDOW / 2;
    for (int i = 0; i < seeds; i++) {
      DelayWorld world = DelayWorld.of(kind, i + 1L);
      try (DelaySimulation simulation = new DelaySimulation(world, method, i + 1L)) {
        simulation.run(first);
        learnerErrors[i] = simulation.learnerEstimate().error();
        uniformErrors[i] = simulation.uniformEstimate().error();
        learnerCovered += simulation.learnerEstimate().covers() ? 1 : 0;
        uniformCovered += simulation.uniformEstimate().covers() ? 1 : 0;
        simulation.run(windows * DECISIONS_A_WINDOW - first);
        List<Double> values = simulation.values();
        reached[i] = reachedSeconds(values);
        for (int look = 0; look < mean.length; look++) {
          mean[look] += values.get(look) / seeds;
        }
      }
    }
    Arrays.sort(reached);
    return new Result(
        this,
        reached,
        mean,
        learnerErrors,
        uniformErrors,
        (double) learnerCovered / seeds,
        (double) uniformCovered / seeds);
  }

  private static double reachedSeconds(List<Double> all) {
    for (int look = 0; look + HOLDS <= all.size(); look++) {
      double held =
          all.subList(look, look + HOLDS).stream()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElse(0);
      if (all.get(look) >= LEVEL && held >= LEVEL) {
        return (long) look * DelaySimulation.LOOK * DelaySimulation.INTERVAL_MILLIS / 1_000.0;
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
