package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimates with a reward model: by hand, and on a log whose truth is known. */
class DoublyRobustTest {
  private static final int ACTIONS = 5;
  private static final String[] DEVICES = {"phone", "tablet", "desk"};

  @Test
  void oneDecisionIsAsByHand() {
    PolicyEvaluator evaluator =
        new PolicyEvaluator(new EvaluationSettings(0, 2, 0.05, Double.POSITIVE_INFINITY, 0));

    evaluator.add(new Evidence(0.6, 0.2, 1, 0.5, 0.25, 1, 0, 0));

    PolicyEvaluation evaluation = evaluator.evaluate().build();
    assertThat(value(evaluation, Estimator.ESTIMATOR_DM)).isEqualTo(0.5);
    assertThat(value(evaluation, Estimator.ESTIMATOR_DR))
        .isCloseTo(0.5 + 3 * (1 - 0.25), within(1e-12));
    assertThat(evaluation.getClippedShare()).isZero();
  }

  @Test
  void aCapCutsTheCorrectionAndSaysHowMuch() {
    PolicyEvaluator evaluator = new PolicyEvaluator(new EvaluationSettings(0, 2, 0.05, 2, 0));

    evaluator.add(new Evidence(0.6, 0.2, 1, 0.5, 0.25, 1, 0, 0));
    evaluator.add(new Evidence(0.2, 0.2, 0, 0.5, 0.25, 1, 0, 0));

    PolicyEvaluation evaluation = evaluator.evaluate().build();
    assertThat(value(evaluation, Estimator.ESTIMATOR_DR))
        .isCloseTo((0.5 + 2 * 0.75 + 0.5 - 0.25) / 2, within(1e-12));
    assertThat(evaluation.getClippedShare()).isCloseTo(1 - 3.0 / 4, within(1e-12));
    assertThat(evaluation.getIps()).isCloseTo(1.5, within(1e-12));
    assertThat(evaluation.getEstimatesList())
        .filteredOn(each -> each.getEstimator() == Estimator.ESTIMATOR_DR)
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.getWeightCap()).isEqualTo(2);
              assertThat(each.getCount()).isEqualTo(2);
              assertThat(each.getFixedTime().getMethod()).isEqualTo("fixed-time-gaussian");
            });
  }

  @Test
  void aSlotsCorrectionIsWeightedByTheSlotsBefore() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);

    evaluator.addSlots(
        List.of(
            new Evidence(0.5, 0.25, 1, 0.4, 0.3, 1, 0, 0),
            new Evidence(0.25, 0.5, 1, 0.6, 0.2, 1, 0, 0)));

    double first = 0.4 + 2 * (1 - 0.3);
    double second = 2 * 0.6 + 1 * (1 - 0.2);
    assertThat(value(evaluator.evaluate().build(), Estimator.ESTIMATOR_DR))
        .isCloseTo((first + second) / 2, within(1e-12));
  }

  @Test
  void aPolicyThatNeverOverlapsHasNoEstimate() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    evaluator.add(0, 0.5, 1);

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    assertThat(evaluation.getNoOverlap()).isTrue();
    assertThat(evaluation.getEstimatesList()).isEmpty();
  }

  /**
   * A model that learns online is never told a reward before it is asked: where propensities are
   * right the estimate has no bias, and its error is smaller than that of weights alone.
   */
  @ParameterizedTest
  @ValueSource(ints = {60})
  void theOnlineModelMakesTheEstimateSharperAndNotBiased(int runs) {
    double squaredIps = 0;
    double squaredRobust = 0;
    double errors = 0;
    int held = 0;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      OnlineRewardModel model = new OnlineRewardModel(0, 1);
      PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.1);
      double truth = 0;
      int decisions = 4_000;
      for (int i = 0; i < decisions; i++) {
        int device = random.nextInt(DEVICES.length);
        Example example = example(DEVICES[device]);
        int chosen = random.nextInt(ACTIONS);
        double[] target = target(device);
        double reward = random.nextDouble() < mean(device, chosen) ? 1 : 0;
        double[] expected = model.expected(example, "");
        evaluator.add(
            new Evidence(
                target[chosen],
                1.0 / ACTIONS,
                reward,
                Evidence.directReward(target, expected),
                expected[chosen],
                1,
                0,
                0));
        model.learn(example, "", chosen, reward);
        for (int action = 0; action < ACTIONS; action++) {
          truth += target[action] * mean(device, action) / decisions;
        }
      }
      PolicyEvaluation evaluation = evaluator.evaluate().build();
      double error = value(evaluation, Estimator.ESTIMATOR_DR) - truth;
      double ipsError = evaluation.getIps() - truth;
      squaredIps += ipsError * ipsError;
      squaredRobust += error * error;
      errors += error;
      Estimate robust =
          evaluation.getEstimatesList().stream()
              .filter(each -> each.getEstimator() == Estimator.ESTIMATOR_DR)
              .findFirst()
              .orElseThrow();
      if (robust.getFixedTime().getLower() <= truth && truth <= robust.getFixedTime().getUpper()) {
        held++;
      }
    }

    assertThat(squaredRobust).isLessThan(0.6 * squaredIps);
    // Three standard errors.
    assertThat(Math.abs(errors / runs)).isLessThan(3 * Math.sqrt(squaredRobust) / runs);
    // 90 % wanted.
    assertThat(held).isBetween((int) (0.78 * runs), runs);
  }

  @Test
  void theModelKnowsActionsByContextAndGoesOnWhereItWasSaved() {
    SplittableRandom random = new SplittableRandom(1);
    OnlineRewardModel whole = new OnlineRewardModel(-1, 1);
    OnlineRewardModel restored = new OnlineRewardModel(-1, 1);
    for (int i = 0; i < 3_000; i++) {
      int device = random.nextInt(DEVICES.length);
      int chosen = random.nextInt(ACTIONS);
      double reward = random.nextDouble() < mean(device, chosen) ? 1 : -1;
      whole.learn(example(DEVICES[device]), "", chosen, reward);
      restored.learn(restored.places(example(DEVICES[device]), "", chosen), reward);
      if (i % 1_000 == 0) {
        restored = new OnlineRewardModel(restored.state(), -1, 1);
      }
    }

    assertThat(restored.state()).isEqualTo(whole.state());
    double squared = 0;
    for (int device = 0; device < DEVICES.length; device++) {
      double[] expected = whole.expected(example(DEVICES[device]), "");
      for (int action = 0; action < ACTIONS; action++) {
        double error = expected[action] - (2 * mean(device, action) - 1);
        squared += error * error / (DEVICES.length * ACTIONS);
      }
    }
    // Of rewards of -1 and 1 whose standard deviation is about 0.85.
    assertThat(Math.sqrt(squared)).isLessThan(0.2);
  }

  @Test
  void rewardsOutOfRangeAndForeignPlacesTeachNothing() {
    OnlineRewardModel model = new OnlineRewardModel(0, 1);

    model.learn(example("phone"), "", 0, 2);
    model.learn(example("phone"), "", 0, Double.NaN);
    model.learn(new int[] {1 << 20}, 1);
    model.learn(new int[] {-1}, 1);

    assertThat(model.state().getCount()).isZero();
    assertThat(model.expected(example("phone"), "")).containsOnly(0.5);
  }

  private static double value(PolicyEvaluation evaluation, Estimator estimator) {
    return evaluation.getEstimatesList().stream()
        .filter(each -> each.getEstimator() == estimator)
        .mapToDouble(Estimate::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** Which action is good depends on the device. */
  private static double mean(int device, int action) {
    return action == device ? 0.8 : 0.15 + 0.05 * action;
  }

  private static double[] target(int device) {
    double[] target = new double[ACTIONS];
    for (int i = 0; i < ACTIONS; i++) {
      target[i] = i == device ? 0.6 : 0.1;
    }
    return target;
  }

  private static Example example(String device) {
    List<Action> actions = new ArrayList<>();
    for (int i = 0; i < ACTIONS; i++) {
      actions.add(Action.newBuilder().setId("a" + i).build());
    }
    return new Example(
        List.of(
            Namespace.newBuilder()
                .setName("user")
                .addFeatures(
                    Feature.newBuilder()
                        .setName("device")
                        .setValue(FeatureValue.newBuilder().setText(device)))
                .build()),
        List.of(),
        actions);
  }
}
