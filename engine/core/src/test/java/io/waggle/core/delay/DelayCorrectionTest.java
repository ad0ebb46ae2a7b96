package io.waggle.core.delay;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.v1.DelayState;
import io.waggle.v1.Feature;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayCorrectionTest {
  private static final int LAG = 200;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theChanceOfARewardIsLearnedByActionAndContext(long seed) {
    double[][] chances = {{0.05, 0.6, 0.2}, {0.5, 0.1, 0.3}};
    RewardChance chance = new RewardChance(DelayState.getDefaultInstance());
    Random random = new Random(seed);
    double[][] sums = new double[2][3];
    int[][] counts = new int[2][3];
    ArrayDeque<int[]> underWay = new ArrayDeque<>();
    for (int i = 0; i < 30_000; i++) {
      int user = random.nextInt(2);
      int chosen = random.nextInt(3);
      double answered = chance.shown(example(user), chosen);
      underWay.add(
          random.nextDouble() < chances[user][chosen] ? new int[] {user, chosen} : new int[0]);
      if (underWay.size() > LAG) {
        int[] due = underWay.remove();
        if (due.length > 0) {
          chance.rewarded(example(due[0]), due[1]);
        }
      }
      if (i > 20_000) {
        sums[user][chosen] += answered;
        counts[user][chosen]++;
      }
    }

    for (int user = 0; user < 2; user++) {
      for (int chosen = 0; chosen < 3; chosen++) {
        assertThat(sums[user][chosen] / counts[user][chosen])
            .as("user %d, action %d", user, chosen)
            .isCloseTo(chances[user][chosen], within(0.25 * chances[user][chosen] + 0.01));
      }
    }
  }

  @Test
  void theChanceStaysBelowOneWhenEveryDecisionIsRewarded() {
    RewardChance chance = new RewardChance(DelayState.getDefaultInstance());
    double answered = 0;
    for (int i = 0; i < 5_000; i++) {
      answered = chance.shown(example(0), 0);
      chance.rewarded(example(0), 0);
      chance.rewarded(example(0), 0);
    }

    assertThat(answered).isEqualTo(RewardChance.LARGEST);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0.3", "0.5, -1, 0.6", "-0.2, 0.4, 0.15"})
  void whatIsLearnedHasTheMeanOfTheFinalRewards(double unrewarded, double reward, double chance) {
    DelayCorrection correction =
        new DelayCorrection("home", -1, 1, DelayState.getDefaultInstance());
    Random random = new Random(5);
    double learned = 0;
    double truth = 0;
    long examples = 0;
    for (int i = 0; i < 40_000; i++) {
      boolean counts = i >= 10_000;
      if (correction.shown("d" + i, example(0), 1).learned() && counts) {
        learned += unrewarded;
        examples++;
      }
      boolean rewarded = random.nextDouble() < chance;
      if (rewarded) {
        double target = correction.rewarded(example(0), 1, reward);
        learned += counts ? target : 0;
        examples += counts ? 1 : 0;
      }
      truth += counts ? (rewarded ? reward : unrewarded) : 0;
    }

    assertThat(learned / examples).isCloseTo(truth / 30_000, within(0.03));
    assertThat(examples / 30_000.0).isCloseTo(1, within(0.03));
  }

  @Test
  void theRewardLearnedHoldsWhatUsuallyFollowsTheFirstOne() {
    DelayCorrection correction = new DelayCorrection("home", 0, 2, DelayState.getDefaultInstance());
    assertThat(correction.rewarded(example(0), 0, 0.2)).isEqualTo(0.2);
    for (int i = 0; i < 2_000; i++) {
      // After a click one in four buys; of the other action nothing follows.
      correction.closed("a", 0.2, i % 4 == 0 ? 1.2 : 0.2);
      correction.closed("b", 0.2, 0.2);
    }

    assertThat(correction.rewarded(example(0), 0, 0.2)).isCloseTo(0.45, within(0.02));
    assertThat(correction.rewarded(example(0), 1, 0.2)).isCloseTo(0.2, within(0.02));
    assertThat(correction.rewarded(example(0), 0, 1.9)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void savedAndRestoredItGoesOnBitForBit(long seed) {
    DelayCorrection undisturbed = new DelayCorrection("s", -1, 1, DelayState.getDefaultInstance());
    DelayCorrection restored = new DelayCorrection("s", -1, 1, DelayState.getDefaultInstance());
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      if (i % 100 == 50) {
        restored = new DelayCorrection("s", -1, 1, restored.state());
      }
      Example example = Examples.random(random);
      int chosen = random.nextInt(example.actions().size());
      String id = "d" + i;
      assertThat(restored.shown(id, example, chosen))
          .isEqualTo(undisturbed.shown(id, example, chosen));
      if (random.nextInt(3) == 0) {
        double reward = random.nextDouble();
        assertThat(restored.rewarded(example, chosen, reward))
            .isEqualTo(undisturbed.rewarded(example, chosen, reward));
        String action = example.actions().get(chosen).getId();
        restored.closed(action, reward, 1);
        undisturbed.closed(action, reward, 1);
      }
    }

    assertThat(restored.state()).isEqualTo(undisturbed.state());
  }

  @Test
  void moreFeaturesThanTheBoundAreLeftOut() {
    Example large =
        new Example(
            List.of(
                namespace(
                    "context",
                    new Random(1)
                        .doubles(5_000)
                        .mapToObj(value -> number("n" + value, value))
                        .toArray(Feature[]::new))),
            List.of(),
            List.of(action("a")));

    int[] slots = FeatureSlots.of(large, 0, RewardChance.SIZE);

    assertThat(slots).hasSize(2 + 2 * FeatureSlots.FEATURES_BOUND);
    assertThat(Arrays.stream(slots)).allMatch(slot -> slot >= 0 && slot < RewardChance.SIZE);
  }

  private static Example example(int user) {
    return new Example(
        List.of(namespace("context", text("user", "u" + user), number("age", 20 + 30 * user))),
        List.of(),
        List.of(action("a"), action("b"), action("c")));
  }
}
