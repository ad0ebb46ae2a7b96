package io.waggle.benchmarks.delay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The small run of what {@code waggle bench delay} shows at length. */
class DelaySimulationTest {
  private static final int SEEDS = 12;
  private static final int WINDOWS = 2;

  @Test
  void correctedEstimatesAreUnbiasedAndNaiveOnesAreNot() throws Exception {
    DelayTrial.Result corrected = trial(DelayWorld.Kind.FREQUENT, Method.CORRECTED);
    DelayTrial.Result naive = trial(DelayWorld.Kind.FREQUENT, Method.NAIVE);

    assertThat(errorInStandardErrors(corrected.uniformErrors())).isBetween(-4.0, 4.0);
    assertThat(errorInStandardErrors(corrected.learnerErrors())).isBetween(-4.0, 4.0);
    assertThat(corrected.uniformCovered()).isGreaterThanOrEqualTo(0.9);
    assertThat(corrected.learnerCovered()).isGreaterThanOrEqualTo(0.9);
    assertThat(errorInStandardErrors(naive.uniformErrors())).isGreaterThan(6);
  }

  @Test
  void correctedLearningIsThereBeforeTheFirstWindowsHaveClosed() throws Exception {
    for (DelayWorld.Kind kind :
        new DelayWorld.Kind[] {DelayWorld.Kind.CLICKS, DelayWorld.Kind.MIXED}) {
      DelayTrial.Result corrected = trial(kind, Method.CORRECTED);
      DelayTrial.Result windowEnd = trial(kind, Method.WINDOW_END);

      assertThat(corrected.medianReachedSeconds())
          .as("%s", kind)
          .isLessThanOrEqualTo(windowEnd.medianReachedSeconds());
      assertThat(corrected.meanValue(0, 1)).isGreaterThan(0.3);
      assertThat(windowEnd.meanValue(0, 1)).isLessThan(0.1);
    }
  }

  @Test
  void theSameSeedIsTheSameRun() throws Exception {
    DelayTrial trial = new DelayTrial(DelayWorld.Kind.UNEVEN, Method.CORRECTED, 1, WINDOWS);

    assertThat(trial.run().meanValue()).isEqualTo(trial.run().meanValue());
  }

  private static DelayTrial.Result trial(DelayWorld.Kind kind, Method method) throws Exception {
    return new DelayTrial(kind, method, SEEDS, WINDOWS).run();
  }

  private static double errorInStandardErrors(double[] errors) {
    return DelayCommand.mean(errors) / DelayCommand.standardError(errors);
  }
}
