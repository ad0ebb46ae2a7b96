package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.BoundState;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyEvaluatorTest {
  @Test
  void estimatesOfFiveDecisionsAreAsByHand() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    evaluator.add(0.25, 0.5, 1);
    evaluator.add(0.75, 0.5, 0);
    evaluator.add(0.5, 0.25, 1);
    evaluator.add(0.25, 0.25, 0);
    evaluator.add(0, 0.5, 1);

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    assertThat(evaluation.getCount()).isEqualTo(5);
    assertThat(evaluation.getRewardSum()).isEqualTo(3);
    assertThat(evaluation.getWeightSum()).isEqualTo(5);
    assertThat(evaluation.getWeightSquaredSum()).isEqualTo(7.5);
    assertThat(evaluation.getWeightMax()).isEqualTo(2);
    assertThat(evaluation.getIps()).isEqualTo(0.5);
    assertThat(evaluation.getSnips()).isEqualTo(0.5);
    assertThat(evaluation.getEffectiveSampleSize()).isCloseTo(10.0 / 3, within(1e-12));
    assertThat(evaluation.getNoOverlap()).isFalse();
    assertThat(evaluation.getInterval().getMethod()).isEqualTo("anytime-drifting");
    assertThat(evaluation.getInterval().getAlpha()).isEqualTo(0.05);
    assertThat(evaluation.getLift().getMethod()).isEqualTo("anytime-drifting");
  }

  @Test
  void withoutDecisionsNothingIsClaimed() {
    PolicyEvaluation evaluation = new PolicyEvaluator(-1, 3, 0.05).evaluate().build();

    assertThat(evaluation.getIps()).isZero();
    assertThat(evaluation.getSnips()).isZero();
    assertThat(evaluation.getEffectiveSampleSize()).isZero();
    assertThat(evaluation.getNoOverlap()).isFalse();
    assertThat(evaluation.getInterval().getLower()).isEqualTo(-1);
    assertThat(evaluation.getInterval().getUpper()).isEqualTo(3);
    assertThat(evaluation.getLift().getLower()).isEqualTo(-4);
    assertThat(evaluation.getLift().getUpper()).isEqualTo(4);
  }

  @Test
  void aPolicyThatNeverTakesALoggedActionHasNoOverlap() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    for (int i = 0; i < 5000; i++) {
      evaluator.add(0, 0.5, i % 2);
    }

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    assertThat(evaluation.getNoOverlap()).isTrue();
    assertThat(evaluation.getSnips()).isZero();
    assertThat(evaluation.getInterval().getLower()).isZero();
    assertThat(evaluation.getInterval().getUpper()).isEqualTo(1);
  }

  @Test
  void whatIsOutOfRangeIsCountedAndChangesNothingElse() {
    PolicyEvaluator evaluator = new PolicyEvaluator(-1, 2, 0.05);
    evaluator.add(0.5, 0.5, 1);
    EvaluatorState before = evaluator.state();
    double[][] broken = {
      {Double.NaN, 0.5, 1},
      {-0.1, 0.5, 1},
      {1.1, 0.5, 1},
      {1.0 / 0, 0.5, 1},
      {0.5, 0, 1},
      {0.5, -0.5, 1},
      {0.5, 1.1, 1},
      {0.5, Double.NaN, 1},
      {0.5, Double.MIN_VALUE, 1},
      {0.5, 1e-200, 1},
      {0.5, 0.5, Double.NaN},
      {0.5, 0.5, 2.001},
      {0.5, 0.5, -1.001},
      {0.5, 0.5, 1.0 / 0},
    };
    for (double[] row : broken) {
      evaluator.add(row[0], row[1], row[2]);
    }

    assertThat(evaluator.state()).isEqualTo(before.toBuilder().setRejected(broken.length).build());
    assertThat(evaluator.evaluate().getRejected()).isEqualTo(broken.length);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theLoggingPolicyOnItsOwnLogGetsItsMeanRewardAndNoLift(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyEvaluator evaluator = new PolicyEvaluator(-2, 5, 0.05);
    for (int i = 0; i < 3000; i++) {
      double propensity = 1 - random.nextDouble();
      evaluator.add(propensity, propensity, random.nextDouble(-2, 5));
    }

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    double mean = evaluation.getRewardSum() / 3000;
    assertThat(evaluation.getIps()).isCloseTo(mean, within(1e-9));
    assertThat(evaluation.getSnips()).isCloseTo(mean, within(1e-9));
    assertThat(evaluation.getEffectiveSampleSize()).isCloseTo(3000, within(1e-6));
    assertThat(evaluation.getInterval().getLower()).isBetween(mean - 0.5, mean);
    assertThat(evaluation.getInterval().getUpper()).isBetween(mean, mean + 0.5);
    // Every term is 1/2 then: no noise at all, whatever the rewards.
    assertThat(evaluation.getLift().getLower()).isBetween(-0.2, 0.0);
    assertThat(evaluation.getLift().getUpper()).isBetween(0.0, 0.2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void rewardsInOtherUnitsGiveTheSameIntervalsInThoseUnits(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyEvaluator unit = new PolicyEvaluator(0, 1, 0.05);
    PolicyEvaluator euros = new PolicyEvaluator(-10, 30, 0.05);
    for (int i = 0; i < 2000; i++) {
      double target = random.nextDouble();
      double propensity = 0.2 + 0.8 * random.nextDouble();
      double reward = random.nextInt(5) / 4.0;
      unit.add(target, propensity, reward);
      euros.add(target, propensity, -10 + 40 * reward);
    }

    PolicyEvaluation one = unit.evaluate().build();
    PolicyEvaluation other = euros.evaluate().build();
    assertThat(other.getInterval().getLower())
        .isCloseTo(-10 + 40 * one.getInterval().getLower(), within(1e-9));
    assertThat(other.getInterval().getUpper())
        .isCloseTo(-10 + 40 * one.getInterval().getUpper(), within(1e-9));
    assertThat(other.getLift().getLower()).isCloseTo(40 * one.getLift().getLower(), within(1e-9));
    assertThat(other.getLift().getUpper()).isCloseTo(40 * one.getLift().getUpper(), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRestoredEvaluatorGoesOnBitForBit(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyEvaluator whole = new PolicyEvaluator(-1, 1, 0.1);
    PolicyEvaluator restored = new PolicyEvaluator(-1, 1, 0.1);
    for (int i = 0; i < 1000; i++) {
      double target = random.nextDouble();
      double propensity = random.nextDouble(-0.01, 1);
      double reward = random.nextDouble(-1, 1);
      whole.add(target, propensity, reward);
      restored.add(target, propensity, reward);
      if (random.nextInt(100) == 0) {
        restored = PolicyEvaluator.restore(restored.state(), new EvaluationSettings(-1, 1, 0.1));
      }
    }

    assertThat(restored.state()).isEqualTo(whole.state());
    assertThat(restored.evaluate().build()).isEqualTo(whole.evaluate().build());
  }

  @Test
  void anEmptyStateIsAFreshStart() {
    assertThat(
            PolicyEvaluator.restore(
                    EvaluatorState.getDefaultInstance(), new EvaluationSettings(0, 1, 0.05))
                .evaluate()
                .build())
        .isEqualTo(new PolicyEvaluator(0, 1, 0.05).evaluate().build());
  }

  @Test
  void badSettingsAndForeignStatesAreRefused() {
    assertThatThrownBy(() -> new PolicyEvaluator(1, 1, 0.05)).hasMessageContaining("reward range");
    assertThatThrownBy(() -> new PolicyEvaluator(Double.NaN, 1, 0.05))
        .hasMessageContaining("reward range");
    assertThatThrownBy(() -> new PolicyEvaluator(-1e308, 1e308, 0.05))
        .hasMessageContaining("reward range");
    assertThatThrownBy(() -> new PolicyEvaluator(0, 1, 0)).hasMessageContaining("alpha: 0.0");
    assertThatThrownBy(() -> new PolicyEvaluator(0, 1, Double.NaN))
        .hasMessageContaining("alpha: NaN");
    EvaluatorState foreign =
        EvaluatorState.newBuilder().setCount(3).addBounds(BoundState.getDefaultInstance()).build();
    assertThatThrownBy(() -> PolicyEvaluator.restore(foreign, new EvaluationSettings(0, 1, 0.05)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bounds: 1 (expected: 5)");
  }
}
