package io.waggle.core.model;

import static io.waggle.core.feature.Examples.forSlots;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.core.policy.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vowpal Wabbit's {@code --ccb_explore_adf} behind the learner's interface. */
class SlotLearnerTest {
  private static final String GREEDY = "--ccb_explore_adf --epsilon 0.2 -q ca";
  private static final int[] NONE = {};

  @Test
  void aFreshLearnerKnowsNothingOfAnySlot() {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      Example example = forSlots("u", 2, "a", "b", "c");

      assertThat(learner.predictSlot(example, NONE).probabilities())
          .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(1e-6));
      Prediction second = learner.predictSlot(example, new int[] {1});
      assertThat(second.probabilities()).containsExactly(new double[] {0.5, 0, 0.5}, within(1e-12));
      assertThat(second.order()).containsExactlyInAnyOrder(0, 2);
    }
  }

  @Test
  void itLearnsWhichActionSuitsWhichSlotForWhichUser() throws Exception {
    Random random = new Random(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      for (int i = 0; i < 1_000; i++) {
        boolean anna = random.nextBoolean();
        int[] chosen = twoOf(4, random);
        // In slot 0 anna likes a, bert b; in slot 1 everybody likes c.
        learner.learnSlots(
            forSlots(anna ? "anna" : "bert", 2, "a", "b", "c", "d"),
            List.of(
                new SlotOutcome(chosen[0], chosen[0] == (anna ? 0 : 1) ? -1 : 0, 0.25),
                new SlotOutcome(chosen[1], chosen[1] == 2 ? -1 : 0, 1 / 3.0)));
      }

      Example anna = forSlots("anna", 2, "a", "b", "c", "d");
      Example bert = forSlots("bert", 2, "a", "b", "c", "d");
      assertThat(learner.predictSlot(anna, NONE).order()[0]).isEqualTo(0);
      assertThat(learner.predictSlot(bert, NONE).order()[0]).isEqualTo(1);
      assertThat(learner.predictSlot(anna, new int[] {0}).order()[0]).isEqualTo(2);
      assertThat(learner.predictSlot(bert, new int[] {1}).order()[0]).isEqualTo(2);
      assertThat(learner.predictSlot(bert, new int[] {1}).probabilities())
          .containsExactly(new double[] {0.2 / 3, 0, 0.8 + 0.2 / 3, 0.2 / 3}, within(1e-6));
    }
  }

  /** Also with learners that use VW's generator when they learn. */
  @ParameterizedTest
  @ValueSource(
      strings = {"-q ca", "--bag 4", "--bag 3 --random_seed 5 --greedify", "--squarecb", "--rnd 3"})
  void predictingChangesNothingThatIsLearned(String options) throws Exception {
    String arguments = "--ccb_explore_adf " + options;
    try (VowpalWabbitLearner asked = VowpalWabbitLearner.open(arguments, null);
        VowpalWabbitLearner silent = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < 100; i++) {
        learnRandomly(silent, new Random(i), 1, false);
        learnRandomly(asked, new Random(i), 1, true);
      }

      assertThat(learnRandomly(asked, new Random(7), 1, true))
          .usingElementComparator(Arrays::compare)
          .containsExactlyElementsOf(learnRandomly(silent, new Random(7), 1, true));
    }
  }

  @Test
  void theSameQuestionHasTheSameAnswerHoweverOftenItIsAsked() throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      learnRandomly(learner, new Random(1), 100, false);
      Example example = forSlots("u1", 3, "a", "b", "c", "d");

      double[] first = learner.predictSlot(example, new int[] {2, 0}).probabilities();
      for (int i = 0; i < 20; i++) {
        learner.predictSlot(example, new int[] {i % 4});

        assertThat(learner.predictSlot(example, new int[] {2, 0}).probabilities()).isEqualTo(first);
      }
    }
  }

  /** The label's propensity reaches the learner: an unlikely success counts for more. */
  @Test
  void propensitiesAndCostsThatAreNoWholeNumbersArrive() throws Exception {
    try (VowpalWabbitLearner unlikely =
            VowpalWabbitLearner.open("--ccb_explore_adf --softmax --cb_type ips", null);
        VowpalWabbitLearner likely =
            VowpalWabbitLearner.open("--ccb_explore_adf --softmax --cb_type ips", null)) {
      Example example = forSlots("u", 1, "a", "b");
      unlikely.learnSlots(example, List.of(new SlotOutcome(1, -0.3, 0.15)));
      likely.learnSlots(example, List.of(new SlotOutcome(1, -0.3, 0.95)));

      assertThat(unlikely.predictSlot(example, NONE).probabilities()[1])
          .isGreaterThan(likely.predictSlot(example, NONE).probabilities()[1] + 0.01);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void arbitraryTextsGiveADistributionOverTheActionsLeft(long seed) throws Exception {
    Random random = new Random(seed);
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open("--ccb_explore_adf --softmax --lambda 3 -q ::", null)) {
      for (int i = 0; i < 100; i++) {
        Example example = Examples.randomSlots(random);
        int actions = example.actions().size();
        int[] chosen = permutation(actions, random);
        int slots = example.slots().size();
        learner.learnSlots(
            example,
            IntStream.range(0, slots)
                .mapToObj(
                    slot ->
                        new SlotOutcome(
                            chosen[slot], -random.nextDouble(), 0.1 + 0.9 * random.nextDouble()))
                .toList());
        int[] earlier = Arrays.copyOf(chosen, random.nextInt(slots));
        Prediction prediction = learner.predictSlot(example, earlier);

        assertThat(example.problem()).isNull();
        assertThat(prediction.probabilities()).hasSize(actions);
        assertThat(Arrays.stream(prediction.probabilities())).allMatch(p -> p >= 0 && p <= 1);
        assertThat(Arrays.stream(prediction.probabilities()).sum()).isCloseTo(1, within(1e-12));
        assertThat(Arrays.stream(earlier)).allMatch(a -> prediction.probabilities()[a] == 0);
        assertThat(IntStream.concat(Arrays.stream(earlier), Arrays.stream(prediction.order())))
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, actions).boxed().toList());
      }
    }
  }

  /** Every kind of exploration and learner we let through for several slots. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--epsilon 0.1 -q ca",
        "-q ca -l 0.1 --power_t 0",
        "-q ca --l2 0.001",
        "--l1 0.0001 --no_bias_regularization",
        "--bag 5 --epsilon 0.05",
        "--bag 3 --random_seed 5 --greedify",
        "--cover 3 --psi 0.5 --nounif",
        "--squarecb -q ca --gamma_scale 20",
        "--squarecb --gamma_exponent 0.3",
        "--regcb --mellowness 0.1 --cb_min_cost -1 --cb_max_cost 0",
        "--softmax --lambda 5",
        "--rnd 3 --epsilon 0.1",
        "--first 350",
        "--synthcover",
        "--cb_type dr -q ca",
        "--cb_type ips --first_only",
        "--cb_type dm",
        "--coin -q ca",
        "--ftrl",
        "--pistol",
        "--freegrad",
        "--interactions cca --permutations",
        "--interactions ca ca --leave_duplicate_interactions",
        "--cubic caS --noconstant",
        "--loss_function quantile --quantile_tau 0.3",
        "--hash all --hash_seed 3 -b 12",
        "--random_weights -q ca",
        "--sparse_weights -q ca",
        "--feature_limit 1",
        "-C 2 --initial_weight 0.1",
        "--ignore_linear c -q ca",
        "--ignore S -q ca",
        "--loss_function logistic --link glf1",
        "--epsilon_decay --model_count 3 --epsilon 0.2 --lb_trick",
        "--baseline --global_only --check_enabled",
        "--lrq ca3",
        "--lrqfa ca3",
        "--nn 3 --multitask",
        "--boosting 3",
        "--interact ca",
        "--normal_weights --adax",
        "--truncated_normal_weights --adaptive --invariant",
        "--ngram c2 --skips c1 --spelling c --affix +2c",
        "--decay_learning_rate 0.9 --initial_t 5",
      })
  void aRestoredLearnerGoesOnBitForBit(String options) throws Exception {
    String arguments = "--ccb_explore_adf " + options;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      learnRandomly(learner, new Random(1), 200, false);
      try (VowpalWabbitLearner restored =
          VowpalWabbitLearner.open(arguments, learner.modelBytes())) {
        List<double[]> expected = learnRandomly(learner, new Random(2), 200, true);
        List<double[]> actual = learnRandomly(restored, new Random(2), 200, true);

        assertThat(actual)
            .usingElementComparator(Arrays::compare)
            .containsExactlyElementsOf(expected);
      }
    }
  }

  /** Learns 1 to 4 slots of 4 to 7 actions; where asked, each slot is predicted first. */
  private static List<double[]> learnRandomly(
      Learner learner, Random random, int events, boolean predict) throws Exception {
    List<double[]> predictions = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      String[] ids = new String[4 + random.nextInt(4)];
      Arrays.setAll(ids, index -> "a" + index + random.nextInt(2));
      int slots = 1 + random.nextInt(4);
      Example example = forSlots("u" + random.nextInt(5), slots, ids);
      int[] chosen = permutation(ids.length, random);
      List<SlotOutcome> outcomes = new ArrayList<>();
      for (int slot = 0; slot < slots; slot++) {
        double cost = random.nextInt(3) == 0 ? -1 : 0;
        outcomes.add(new SlotOutcome(chosen[slot], cost, 0.3));
        if (predict) {
          predictions.add(
              learner.predictSlot(example, Arrays.copyOf(chosen, slot)).probabilities());
        }
      }
      learner.learnSlots(example, outcomes);
    }
    return predictions;
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0.5, slots[1].action",
    "3, 0, 0.5, slots[1].action",
    "0, 0, 0.5, slots[1].action",
    "1, NaN, 0.5, slots[1].cost",
    "1, Infinity, 0.5, slots[1].cost",
    "1, 1000001, 0.5, slots[1].cost",
    "1, -1, 0, slots[1].propensity",
    "1, -1, NaN, slots[1].propensity",
    "1, -1, 0.00009, slots[1].propensity",
    "1, -1, 1.0001, slots[1].propensity",
  })
  void aLabelThatWouldRuinTheModelOrEndTheProcessIsRefused(
      int action, double cost, double propensity, String field) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      Example example = forSlots("u", 2, "a", "b", "c");
      SlotOutcome first = new SlotOutcome(0, -1, 0.5);
      learner.learnSlots(example, List.of(first, new SlotOutcome(2, 0, 0.5)));
      byte[] before = learner.modelBytes();

      assertThatThrownBy(
              () ->
                  learner.learnSlots(
                      example, List.of(first, new SlotOutcome(action, cost, propensity))))
          .isInstanceOf(RejectedExampleException.class)
          .hasMessageStartingWith(field + ": ")
          .hasMessageContaining("expected");
      assertThat(learner.modelBytes()).isEqualTo(before);
    }
  }

  @Test
  void outcomesMustFitTheSlots() {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      SlotOutcome outcome = new SlotOutcome(0, -1, 0.5);

      assertThatThrownBy(() -> learner.learnSlots(forSlots("u", 2, "a", "b"), List.of(outcome)))
          .isInstanceOf(RejectedExampleException.class)
          .hasMessage("slots: 1 (expected: one for each of 2, at least one)");
      assertThatThrownBy(() -> learner.learnSlots(forSlots("u", 0, "a", "b"), List.of()))
          .isInstanceOf(RejectedExampleException.class)
          .hasMessageStartingWith("slots: 0");
      assertThatThrownBy(() -> learner.learnSlots(forSlots("u", 2, "a"), List.of(outcome, outcome)))
          .isInstanceOf(RejectedExampleException.class)
          .hasMessage("slots: 2 (expected: at most 1, one for each action)");
    }
  }

  /** Each of these ends the process when VW sees it. */
  @Test
  void whatFillsTheSlotsBeforeMustBeDistinctActions() {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      Example example = forSlots("u", 3, "a", "b", "c");

      for (int[] earlier : new int[][] {{3}, {-1}, {1, 1}, {0, 1, 2}}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> learner.predictSlot(example, earlier))
            .withMessageStartingWith("slots: ");
      }
    }
  }

  @Test
  void slotsAndASingleRankingAreNotMixed() {
    try (VowpalWabbitLearner several = VowpalWabbitLearner.open(GREEDY, null);
        VowpalWabbitLearner one = VowpalWabbitLearner.open("--cb_explore_adf", null)) {
      Example example = forSlots("u", 1, "a", "b");

      assertThat(several.severalSlots()).isTrue();
      assertThat(one.severalSlots()).isFalse();
      assertThatIllegalArgumentException().isThrownBy(() -> several.predict(example));
      assertThatIllegalArgumentException().isThrownBy(() -> several.learn(example, 0, 0, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> one.predictSlot(example, NONE));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> one.learnSlots(example, List.of(new SlotOutcome(0, 0, 1))));
    }
  }

  @Test
  void aClosedLearnerSaysSo() {
    VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null);
    learner.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> learner.predictSlot(forSlots("u", 1, "a"), NONE));
    assertThatIllegalStateException()
        .isThrownBy(
            () -> learner.learnSlots(forSlots("u", 1, "a"), List.of(new SlotOutcome(0, 0, 1))));
  }

  @Test
  void fiftySlotsOfAThousandActionsAreFilled() throws Exception {
    String[] ids = IntStream.range(0, 1000).mapToObj(i -> "item " + i).toArray(String[]::new);
    Example example = forSlots("u", 50, ids);
    int[] earlier = IntStream.range(0, 49).toArray();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      learner.learnSlots(
          example,
          IntStream.range(0, 50)
              .mapToObj(i -> new SlotOutcome(999 - i, i == 49 ? -1 : 0, 0.01))
              .toList());

      assertThat(learner.predictSlot(example, earlier).order()).hasSize(951).startsWith(950);
    }
  }

  private static int[] twoOf(int actions, Random random) {
    return Arrays.copyOf(permutation(actions, random), 2);
  }

  private static int[] permutation(int actions, Random random) {
    List<Integer> all = new ArrayList<>(IntStream.range(0, actions).boxed().toList());
    Collections.shuffle(all, random);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }
}
