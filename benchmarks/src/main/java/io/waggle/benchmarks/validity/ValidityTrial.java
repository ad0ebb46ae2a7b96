package io.waggle.benchmarks.validity;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
    Map<Method, Course> courses = new EnumMap<>(Method.class);
    for (Method method : Method.values()) {
      courses.put(method, new Course(looks.size()));
    }
    int told = 0;
    for (int seed = 0; seed < runs; seed++) {
      ValidityRun run = new ValidityRun(scenario, steps, alpha, seed);
      courses.values().forEach(Course::beginRun);
      for (int i = 0; i < looks.size(); i++) {
        int index = i;
        int step = looks.get(i);
        run.advance(step);
        ValidityRun.Look look = run.look();
        courses.forEach(
            (method, course) -> {
              boolean counts = method != Method.GAUSSIAN || step >= GAUSSIAN_FROM;
              course.look(index, look.of(method), run.truth(method), counts);
            });
      }
      told += run.look().lift().holds(0) ? 0 : 1;
    }
    return new Result(this, looks, courses, (double) told / runs);
  }

  /**
   * What came out.
   *
   * @param courses of every method
   * @param liftTold share of the runs whose last lift interval lies on one side of 0
   */
  record Result(
      ValidityTrial trial, List<Integer> looks, Map<Method, Course> courses, double liftTold) {
    Course of(Method method) {
      return Objects.requireNonNull(courses.get(method), "every method has one");
    }

    /** Mean width after so many decisions, which must be a look. */
    double widthAfter(Method method, int step) {
      return of(method).width(looks.indexOf(step));
    }

    /** True: more runs missed than alpha and chance explain. */
    boolean missesTooOften(Method method) {
      return of(method).missesTooOften(trial.alpha());
    }
  }
}
