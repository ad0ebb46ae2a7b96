package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logged propensities that are not those the actions were drawn with are found, right ones not. */
class PropensityAlarmTest {
  private static final int ACTIONS = 4;
  private static final int DECISIONS = 6_000;

  /** How a service may log propensities wrongly. */
  private enum Mistake {
    /** Always that of a certain choice. */
    ALWAYS_ONE,
    /** Of the best action, whichever was drawn. */
    OF_THE_BEST,
    /** Before the floor was applied. */
    WITHOUT_THE_FLOOR,
    /** As if all actions were alike. */
    UNIFORM
  }

  @ParameterizedTest
  @EnumSource(Mistake.class)
  void aMistakeIsFound(Mistake mistake) {
    assertThat(firstAlarm(1, mistake)).isNotNull();
  }

  @Test
  void rightPropensitiesRaiseNoAlarm() {
    int alarms = 0;
    for (int seed = 0; seed < 100; seed++) {
      alarms += firstAlarm(seed, null) == null ? 0 : 1;
    }

    assertThat(alarms).isZero();
  }

  @Test
  void theAlarmSaysWhatIsWrong() {
    assertThat(firstAlarm(1, Mistake.WITHOUT_THE_FLOOR))
        .startsWith("the mean weight is")
        .endsWith("(expected: 1): propensities are logged too small");
    assertThat(firstAlarm(1, Mistake.ALWAYS_ONE))
        .endsWith("(expected: 1): propensities are logged too large");
  }

  @Test
  void aPolicyWorseThanTheOneThatServedIsNoticed() {
    SplittableRandom random = new SplittableRandom(3);
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    for (int i = 0; i < DECISIONS; i++) {
      int chosen = random.nextInt(2);
      double reward = random.nextDouble() < (chosen == 0 ? 0.8 : 0.1) ? 1 : 0;
      evaluator.add(new Evidence(chosen == 0 ? 0.1 : 0.9, 0.5, reward, 0, 0, 1, 0.01, 0));
    }

    assertThat(evaluator.alarm(false)).isNull();
    assertThat(evaluator.alarm(true)).startsWith("its own decisions' mean reward is 0.4");
  }

  /** As when a policy that knew nothing was served while its first rewards were under way. */
  @Test
  void aPolicyThatLearnedSinceRaisesNoAlarm() {
    SplittableRandom random = new SplittableRandom(3);
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    for (int i = 0; i < DECISIONS; i++) {
      int chosen = random.nextInt(2);
      double reward = random.nextDouble() < (chosen == 0 ? 0.8 : 0.1) ? 1 : 0;
      evaluator.add(new Evidence(chosen == 0 ? 0.9 : 0.1, 0.5, reward, 0, 0, 1, 0.01, 0));
    }

    assertThat(evaluator.alarm(true)).isNull();
  }

  @Test
  void aPropensityBelowTheSmallestPossibleEndsTheTest() {
    WeightBelowOne test = new WeightBelowOne(0);
    test.add(0.5, 0.004, 0.01);
    for (int i = 0; i < 10_000; i++) {
      test.add(0.5, 0.5, 0.01);
    }

    assertThat(test.holds(0.5)).isFalse();
  }

  /** A policy's own decisions, drawn with its probabilities; looked at every hundred decisions. */
  private static @Nullable String firstAlarm(long seed, @Nullable Mistake mistake) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    for (int i = 1; i <= DECISIONS; i++) {
      int best = random.nextInt(ACTIONS);
      double floor = 0.04;
      double rest = 0.12;
      double most = 1 - (ACTIONS - 1) * rest;
      int chosen = random.nextDouble() < most ? best : (best + 1 + random.nextInt(3)) % ACTIONS;
      double probability = chosen == best ? most : rest;
      double logged = probability;
      if (mistake != null) {
        logged =
            switch (mistake) {
              case ALWAYS_ONE -> 1;
              case OF_THE_BEST -> most;
              case WITHOUT_THE_FLOOR -> chosen == best ? 0.94 : 0.02;
              case UNIFORM -> 1.0 / ACTIONS;
            };
      }
      double reward = random.nextDouble() < (chosen == best ? 0.6 : 0.2) ? 1 : 0;
      evaluator.add(new Evidence(probability, logged, reward, 0, 0, 1, floor / ACTIONS, 0));
      if (i % 100 == 0) {
        String alarm = evaluator.alarm(true);
        if (alarm != null) {
          return alarm;
        }
      }
    }
    return null;
  }
}
