package io.waggle.benchmarks.validity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code waggle bench validity} shows at length, small; and at length in profile quality. */
class ValidityTest {
  private static final double ALPHA = 0.05;

  @ParameterizedTest
  @EnumSource
  void theJobsIntervalsMissNoMoreOftenThanPromised(Scenario scenario) {
    check(new ValidityTrial(scenario, 50, 3_000, ALPHA).run());
  }

  @ParameterizedTest
  @EnumSource
  @Tag("quality")
  void theJobsIntervalsMissNoMoreOftenThanPromisedInAThousandRuns(Scenario scenario) {
    check(new ValidityTrial(scenario, 1_000, 10_000, ALPHA).run());
  }

  private static void check(ValidityTrial.Result result) {
    for (Method method : new Method[] {Method.VALUE, Method.LIFT}) {
      assertThat(result.missesTooOften(method))
          .as("%s: %s of the runs miss", method, result.of(method).everMissed())
          .isFalse();
      // Valid is easy when nothing is ever claimed.
      assertThat(result.widthAfter(method, result.trial().steps()))
          .isLessThan(result.widthAfter(method, 1));
    }
  }

  /** The world sees the difference: what is for one look or a value that stays fails here. */
  @Test
  void intervalsThatPromiseLessMissWhenTheValueFalls() {
    ValidityTrial.Result result = new ValidityTrial(Scenario.ABRUPT, 50, 10_000, ALPHA).run();

    assertThat(result.missesTooOften(Method.GAUSSIAN)).isTrue();
    assertThat(result.missesTooOften(Method.FIXED_VALUE)).isTrue();
  }

  @Test
  void theSameSeedIsTheSameRun() {
    ValidityTrial trial = new ValidityTrial(Scenario.ADVERSARIAL, 3, 500, ALPHA);

    assertThat(trial.run().widthAfter(Method.LIFT, 500))
        .isEqualTo(trial.run().widthAfter(Method.LIFT, 500));
  }
}
