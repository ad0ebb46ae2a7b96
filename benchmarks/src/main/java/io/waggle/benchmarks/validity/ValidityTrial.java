package io.waggle.benchmarks.validity;

import io.waggle.core.evaluate.Interval;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Many runs of a scenario, looked at after each of the first 100 decisions, every tenth up to 1,000
 * and every fiftieth from there on.
 *
 * @param runs seeds 0 to this, exclusive
 * @param steps decisions of a run
 * @param alpha of every interval
 */
record ValidityTrial(Scenario scenario, int runs, int steps, double alpha) {
  private static final int EVERY_UNTIL = 100;
  private static final int TENTH_UNTIL = 1_000;

  /** Decisions between two looks in the end. */
  static final int LAST_STRIDE = 50;

  /**
   * Intervals for one look are looked at from here only: the theorem behind them is about many
   * decisions.
   */
  static final int GAUSSIAN_FROM = 100;

  /** The steps that are looked at. */
  List<Integer> looks() {
    List<Integer> looks = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      boolean look =
          step <= EVERY_UNTIL || (step <= TENTH_UNTIL && step % 10 == 0) || step % LAST_STRIDE == 0;
      if (look) {
        looks.add(step);
      }
    }
    return looks;
  }

  /** Runs them one after the other. */
  Result run() {
    List<Integer> looks = looks();
    Map<Method, int[]> missed = new EnumMap<>(Method.class);
    Map<Method, double[]> widths = new EnumMap<>(Method.class);
    for (Method method : Method.values()) {
      missed.put(method, new int[looks.size()]);
      widths.put(method, new double[looks.size()]);
    }
    int told = 0;
    for (int seed = 0; seed < runs; seed++) {
      ValidityRun run = new ValidityRun(scenario, steps, alpha, seed);
      Map<Method, Boolean> everMissed = new EnumMap<>(Method.class);
      Map<Method, Interval> intervals = Map.of();
      for (int look = 0; look < looks.size(); look++) {
        int step = looks.get(look);
        run.advance(step);
        intervals = run.look();
        for (Map.Entry<Method, Interval> each : intervals.entrySet()) {
          Method method = each.getKey();
          boolean counts = method != Method.GAUSSIAN || step >= GAUSSIAN_FROM;
          boolean misses = counts && !each.getValue().holds(run.truth(method));
          if (everMissed.merge(method, misses, Boolean::logicalOr)) {
            missed.get(method)[look]++;
          }
          widths.get(method)[look] += each.getValue().width() / runs;
        }
      }
      boolean above = intervals.get(Method.LIFT).lower() > 0;
      boolean below = intervals.get(Method.LIFT).upper() < 0;
      told += above || below ? 1 : 0;
    }
    return new Result(this, looks, missed, widths, (double) told / runs);
  }

  /**
   * What came out.
   *
   * @param missed runs whose interval has missed the truth at this look or an earlier one
   * @param widths mean width by look
   * @param liftTold share of the runs whose last lift interval lies on one side of 0
   */
  record Result(
      ValidityTrial trial,
      List<Integer> looks,
      Map<Method, int[]> missed,
      Map<Method, double[]> widths,
      double liftTold) {
    /** Share of runs that missed at any look. */
    double everMissed(Method method) {
      return missedBy(method, looks.size() - 1);
    }

    /** Share of runs that missed up to this look. */
    double missedBy(Method method, int look) {
      return (double) missed.get(method)[look] / trial.runs();
    }

    /** True: more runs missed than chance explains, three standard deviations above alpha. */
    boolean missesTooOften(Method method) {
      double alpha = trial.alpha();
      double deviation = Math.sqrt(alpha * (1 - alpha) / trial.runs());
      return everMissed(method) > alpha + 3 * deviation;
    }

    /** Mean width after so many decisions, which must be a look. */
    double widthAfter(Method method, int step) {
      return widths.get(method)[looks.indexOf(step)];
    }
  }
}
