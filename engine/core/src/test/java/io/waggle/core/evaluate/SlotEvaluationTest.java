package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions of several slots: the estimate and its bounds against a truth that is known. */
class SlotEvaluationTest {
  private static final int ACTIONS = 4;
  private static final int SLOTS = 3;

  @Test
  void twoSlotsAreAsByHand() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 2, 0.05);
    evaluator.addSlots(
        slots(new double[] {0.5, 0.25}, new double[] {0.25, 0.5}, new double[] {1, 2}));

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    // Weights 2 and 2 x 0.5.
    assertThat(evaluation.getCount()).isEqualTo(1);
    assertThat(evaluation.getRewardSum()).isEqualTo(1.5);
    assertThat(evaluation.getWeightSum()).isEqualTo(1.5);
    assertThat(evaluation.getIps()).isEqualTo((2 * 1 + 1 * 2) / 2.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void oneSlotIsASingleRanking(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PolicyEvaluator slots = new PolicyEvaluator(-1, 3, 0.05);
    PolicyEvaluator single = new PolicyEvaluator(-1, 3, 0.05);
    for (int i = 0; i < 500; i++) {
      double target = random.nextDouble();
      double logged = random.nextDouble(0.01, 1);
      double reward = random.nextDouble(-1, 3);
      slots.addSlots(slots(new double[] {target}, new double[] {logged}, new double[] {reward}));
      single.add(target, logged, reward);
    }

    assertThat(slots.state()).isEqualTo(single.state());
  }

  @Test
  void aSlotOutOfRangeKeepsTheDecisionOut() {
    PolicyEvaluator evaluator = new PolicyEvaluator(0, 1, 0.05);
    double[] half = {0.5, 0.5};
    evaluator.addSlots(slots(half, new double[] {0.5, 0}, half));
    evaluator.addSlots(slots(half, new double[] {0.5, Double.NaN}, half));
    evaluator.addSlots(slots(new double[] {0.5, 1.1}, half, half));
    evaluator.addSlots(slots(half, half, new double[] {0.5, 1.5}));
    evaluator.addSlots(slots(half, half, new double[] {-0.5, 0.5}));
    evaluator.addSlots(slots(new double[0], new double[0], new double[0]));

    PolicyEvaluation evaluation = evaluator.evaluate().build();

    assertThat(evaluation.getRejected()).isEqualTo(6);
    assertThat(evaluation.getCount()).isZero();
    assertThat(evaluation.getWeightSum()).isZero();
  }

  /** Rewards depend on the slots before, and the two policies disagree about most of them. */
  @Test
  void theEstimateMeetsTheTruthAndTheBoundsHoldAtEveryLook() {
    int misses = 0;
    int found = 0;
    double errors = 0;
    int runs = 40;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      PolicyEvaluator evaluator = new PolicyEvaluator(-1, 1, 0.1);
      boolean missed = false;
      PolicyEvaluation last = PolicyEvaluation.getDefaultInstance();
      for (int step = 1; step <= 8_000; step++) {
        feed(evaluator, random);
        if (step % 100 == 0) {
          last = evaluator.evaluate().build();
          missed |=
              last.getInterval().getLower() > TARGET_VALUE
                  || last.getInterval().getUpper() < TARGET_VALUE
                  || last.getLift().getLower() > TARGET_VALUE - LOGGED_VALUE
                  || last.getLift().getUpper() < TARGET_VALUE - LOGGED_VALUE;
        }
      }
      misses += missed ? 1 : 0;
      found += last.getLift().getLower() > 0 ? 1 : 0;
      errors += last.getIps() - TARGET_VALUE;
    }

    // The mean of 320,000 decisions; their weights reach (0.5 / 0.25) (0.75 / 0.333) 1 = 4.5.
    assertThat(errors / runs).isCloseTo(0, within(0.01));
    // 10 % for each of the two intervals.
    assertThat(misses).isLessThan(14);
    assertThat(found).isGreaterThan(runs / 2);
  }

  private static final double TARGET_VALUE = value(true, new int[0]);
  private static final double LOGGED_VALUE = value(false, new int[0]);

  private static void feed(PolicyEvaluator evaluator, SplittableRandom random) {
    double[] target = new double[SLOTS];
    double[] logged = new double[SLOTS];
    double[] rewards = new double[SLOTS];
    int[] chosen = {};
    for (int slot = 0; slot < SLOTS; slot++) {
      double draw = random.nextDouble();
      int action = -1;
      do {
        action++;
        draw -= probability(false, chosen, action);
      } while (draw >= 0 && action < ACTIONS - 1);
      target[slot] = probability(true, chosen, action);
      logged[slot] = probability(false, chosen, action);
      rewards[slot] = random.nextDouble() < success(chosen, action) ? 1 : -1;
      chosen = append(chosen, action);
    }
    evaluator.addSlots(slots(target, logged, rewards));
  }

  /** Mean reward of the slots from {@code earlier} on, enumerated, over all slots. */
  private static double value(boolean target, int[] earlier) {
    double value = 0;
    for (int action = 0; action < ACTIONS && earlier.length < SLOTS; action++) {
      double probability = probability(target, earlier, action);
      if (probability > 0) {
        double reward = (2 * success(earlier, action) - 1) / SLOTS;
        value += probability * (reward + value(target, append(earlier, action)));
      }
    }
    return value;
  }

  /** The log is uniform over what is left; the target prefers the largest that is left. */
  private static double probability(boolean target, int[] earlier, int action) {
    int left = ACTIONS - earlier.length;
    for (int taken : earlier) {
      if (taken == action) {
        return 0;
      }
    }
    if (!target) {
      return 1.0 / left;
    }
    int best = ACTIONS - 1;
    for (int i = 0; i < earlier.length; i++) {
      for (int taken : earlier) {
        best -= taken == best ? 1 : 0;
      }
    }
    double spread = left == 1 ? 0 : 0.5 / (left - 1);
    return action == best ? 1 - spread * (left - 1) : spread;
  }

  /** Larger actions are better, and worse after a larger one. */
  private static double success(int[] earlier, int action) {
    double penalty = earlier.length > 0 && earlier[earlier.length - 1] > action ? 0.1 : 0;
    return 0.1 + 0.25 * action - penalty * action / 3;
  }

  private static int[] append(int[] chosen, int action) {
    int[] longer = java.util.Arrays.copyOf(chosen, chosen.length + 1);
    longer[chosen.length] = action;
    return longer;
  }

  private static List<Evidence> slots(double[] targets, double[] propensities, double[] rewards) {
    List<Evidence> slots = new ArrayList<>();
    for (int i = 0; i < rewards.length; i++) {
      slots.add(Evidence.of(targets[i], propensities[i], rewards[i]));
    }
    return slots;
  }
}
