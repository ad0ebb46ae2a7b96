package io.waggle.core.model;

import static io.waggle.core.feature.Examples.forUser;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Action;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VowpalWabbitLearnerTest {
  private static final String GREEDY = "--cb_explore_adf --epsilon 0.2 -q ca";

  @Test
  void aFreshLearnerKnowsNothing() {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      assertThat(learner.predict(plain("a", "b", "c", "d")).probabilities())
          .containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-6));
    }
  }

  @Test
  void learnAnswersWhatWasPredictedBeforeLearning() throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      Example example = plain("a", "b");

      Prediction before = learner.predict(example);
      Prediction learned = learner.learn(example, 1, -1, 0.5);
      Prediction after = learner.predict(example);

      assertThat(learned.probabilities()).isEqualTo(before.probabilities());
      assertThat(after.probabilities()).containsExactly(new double[] {0.1, 0.9}, within(1e-6));
      assertThat(after.order()).containsExactly(1, 0);
    }
  }

  @Test
  void predictingChangesNothingThatIsLearned() throws Exception {
    try (VowpalWabbitLearner asked = VowpalWabbitLearner.open(GREEDY, null);
        VowpalWabbitLearner silent = VowpalWabbitLearner.open(GREEDY, null)) {
      for (int i = 0; i < 100; i++) {
        asked.predict(forUser("u" + i % 3, "a", "b"));
        Example example = forUser("u" + i % 5, "a", "b", "c");
        double[] expected = silent.learn(example, i % 3, -(i % 2), 0.5).probabilities();
        assertThat(asked.learn(example, i % 3, -(i % 2), 0.5).probabilities()).isEqualTo(expected);
      }
    }
  }

  @Test
  void itLearnsWhichActionWhichUserLikes() throws Exception {
    Random random = new Random(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      for (int i = 0; i < 500; i++) {
        boolean first = random.nextBoolean();
        int chosen = random.nextInt(2);
        learner.learn(
            forUser(first ? "anna" : "bert", "a", "b"),
            chosen,
            (chosen == 0) == first ? -1 : 0,
            0.5);
      }

      assertThat(learner.predict(forUser("anna", "a", "b")).order()).containsExactly(0, 1);
      assertThat(learner.predict(forUser("bert", "a", "b")).order()).containsExactly(1, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void arbitraryTextsGiveOneProbabilityPerActionAndAPermutation(long seed) throws Exception {
    Random random = new Random(seed);
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open("--cb_explore_adf --softmax --lambda 3 -q ::", null)) {
      for (int i = 0; i < 150; i++) {
        Example example = Examples.random(random);
        int actions = example.actions().size();
        learner.learn(
            example,
            random.nextInt(actions),
            -random.nextDouble(),
            0.1 + random.nextDouble() * 0.9);
        Prediction prediction = learner.predict(example);

        assertThat(example.problem()).isNull();
        assertThat(prediction.probabilities()).hasSize(actions);
        assertThat(Arrays.stream(prediction.probabilities())).allMatch(p -> p >= 0 && p <= 1);
        assertThat(Arrays.stream(prediction.probabilities()).sum()).isCloseTo(1, within(1e-12));
        assertThat(Arrays.stream(prediction.order()).sorted().toArray())
            .isEqualTo(IntStream.range(0, actions).toArray());
      }
    }
  }

  @Test
  void anIdOfMetacharactersIsOneActionOfItsOwn() throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      Example example = plain("a|b:c d", "a", "b:c", "a|b:c", "a\n|b", "a%7Cb%3Ac%20d");
      for (int i = 0; i < 20; i++) {
        learner.learn(example, 0, -1, 0.5);
        for (int other = 1; other < 6; other++) {
          learner.learn(example, other, 0, 0.5);
        }
      }

      assertThat(learner.predict(example).order()[0]).isZero();
      assertThat(learner.predict(plain("a%7Cb%3Ac%20d", "a", "a|b:c d")).order()[0]).isEqualTo(2);
    }
  }

  /** Every kind of exploration and learner we let through, with options that VW does not keep. */
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
        "--bag 3 --random_seed=5",
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
        "--cubic cca --noconstant",
        "--loss_function quantile --quantile_tau 0.3",
        "--hash all --hash_seed 3 -b 12",
        "--random_weights -q ca",
        "--sparse_weights -q ca",
        "--feature_limit 1",
        "-C 2 --initial_weight 0.1",
        "--ignore_linear c -q ca",
        "--loss_function logistic --link glf1",
        "--epsilon_decay --model_count 3 --epsilon 0.2 --lb_trick",
        "--automl 3 --oracle_type one_diff",
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
  void aRestoredLearnerGoesOnBitForBitAndSavesTheSameBytes(String options) throws Exception {
    String arguments = "--cb_explore_adf " + options;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null);
        VowpalWabbitLearner undisturbed = VowpalWabbitLearner.open(arguments, null)) {
      learnRandomly(learner, new Random(1), 300);
      learnRandomly(undisturbed, new Random(1), 300);
      try (VowpalWabbitLearner restored =
          VowpalWabbitLearner.open(arguments, learner.modelBytes())) {
        List<double[]> expected = learnRandomly(undisturbed, new Random(2), 300);
        List<double[]> actual = learnRandomly(restored, new Random(2), 300);

        assertThat(actual)
            .usingElementComparator(Arrays::compare)
            .containsExactlyElementsOf(expected);
        if (!options.matches("--sparse_weights.*|--epsilon_decay.*")) {
          assertThat(restored.modelBytes()).isEqualTo(undisturbed.modelBytes());
        }
      }
    }
  }

  private static List<double[]> learnRandomly(Learner learner, Random random, int events)
      throws RejectedExampleException {
    List<double[]> predictions = new java.util.ArrayList<>();
    for (int i = 0; i < events; i++) {
      String[] ids = new String[2 + random.nextInt(6)];
      Arrays.setAll(ids, index -> "a" + index + random.nextInt(2));
      Example example = forUser("u" + random.nextInt(5), ids);
      double cost = random.nextInt(3) == 0 ? -1 : 0;
      predictions.add(
          learner.learn(example, random.nextInt(ids.length), cost, 0.3).probabilities());
    }
    return predictions;
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0.5, order[0]",
    "2, 0, 0.5, order[0]",
    "0, NaN, 0.5, cost",
    "0, Infinity, 0.5, cost",
    "0, -Infinity, 0.5, cost",
    "0, 1000001, 0.5, cost",
    "0, -1, 0, propensity",
    "0, -1, NaN, propensity",
    "0, -1, -0.5, propensity",
    "0, -1, 0.00009, propensity",
    "0, -1, 1.0001, propensity",
  })
  void aLabelThatWouldRuinTheModelIsRefusedAndNothingIsLost(
      int chosen, double cost, double propensity, String field) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      learner.learn(plain("a", "b"), 1, -1, 0.5);
      byte[] before = learner.modelBytes();

      assertThatThrownBy(() -> learner.learn(plain("a", "b"), chosen, cost, propensity))
          .isInstanceOf(RejectedExampleException.class)
          .hasMessageStartingWith(field + ": ")
          .hasMessageContaining("expected");
      assertThat(learner.modelBytes()).isEqualTo(before);
    }
  }

  @Test
  void theSmallestPropensityIsTheCallersChoice() throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null, 1e-6)) {
      learner.learn(plain("a", "b"), 1, -1, 1e-5);

      assertThat(learner.predict(plain("a", "b")).order()).containsExactly(1, 0);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VowpalWabbitLearner.open(GREEDY, null, 0))
        .withMessageStartingWith("min_propensity: 0.0");
  }

  @Test
  void anUnfitExampleReachesVowpalWabbitByNoWay() {
    Example infinite =
        new Example(
            List.of(namespace("c", number("x", Double.POSITIVE_INFINITY))),
            List.of(),
            plain("a").actions());
    Example japanese =
        new Example(List.of(namespace("日", number("x", 1))), List.of(), plain("a").actions());
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      for (Example unfit : List.of(infinite, japanese, plain())) {
        assertThatThrownBy(() -> learner.learn(unfit, 0, 0, 1))
            .isInstanceOf(RejectedExampleException.class)
            .hasMessageContaining("expected");
        assertThatIllegalArgumentException().isThrownBy(() -> learner.predict(unfit));
      }
    }
  }

  @Test
  void aClosedLearnerAnswersWithAnExceptionInsteadOfACrash() {
    VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null);
    learner.close();
    learner.close();

    assertThatIllegalStateException().isThrownBy(() -> learner.predict(plain("a")));
    assertThatIllegalStateException().isThrownBy(() -> learner.learn(plain("a"), 0, 0, 1));
    assertThatIllegalStateException().isThrownBy(learner::modelBytes);
  }

  @Test
  void whatVowpalWabbitDoesNotLikeComesWithItsOwnWords() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VowpalWabbitLearner.open("--cb_explore_adf --epsilon 2", null))
        .withMessageContaining("epsilon must be in [0,1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VowpalWabbitLearner.open(GREEDY, new byte[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                VowpalWabbitLearner.open(
                    GREEDY, "no model at all".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void aThousandActionsAreRanked() throws Exception {
    String[] ids = IntStream.range(0, 1000).mapToObj(i -> "item " + i).toArray(String[]::new);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(GREEDY, null)) {
      learner.learn(forUser("u", ids), 999, -1, 0.001);

      assertThat(learner.predict(forUser("u", ids)).order()[0]).isEqualTo(999);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bag 3 --cb_type ips", "--bag=2 --cb_type=dr", "--bag 3 --cb_type mtr"})
  void learningAnswersWhatWasPredictedAlsoWhereVowpalWabbitAnswersScores(String options)
      throws RejectedExampleException {
    Example example =
        new Example(
            List.of(),
            List.of(),
            List.of(
                Action.newBuilder().setId("first").build(),
                Action.newBuilder().setId("second").build()));
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open("--cb_explore_adf " + options, null)) {
      for (int i = 0; i < 20; i++) {
        double[] predicted = learner.predict(example).probabilities();

        assertThat(learner.learn(example, i % 2, -(i % 3), 0.5).probabilities())
            .isEqualTo(predicted);
      }
    }
  }
}
