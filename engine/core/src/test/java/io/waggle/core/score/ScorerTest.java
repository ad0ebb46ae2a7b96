package io.waggle.core.score;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.waggle.core.Seeds;
import io.waggle.core.codec.GoldenModel;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServablePolicies;
import io.waggle.core.model.VowpalWabbitArguments;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.state.model.ServableModel;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scorer beside Vowpal Wabbit itself, on models that it trained. */
class ScorerTest {
  private static final int EVENTS = 100;
  private static final int EXAMPLES = 20;

  /** Where VW takes C's exponential of a float, or its own order of letters over slots. */
  private static final double TOLERANCE = 1e-6;

  static IntStream seeds() {
    return Seeds.of(160);
  }

  static IntStream slotSeeds() {
    return Seeds.of(60);
  }

  /** The golden values were made on a processor whose reciprocal root gives other weights. */
  @Test
  void theGoldenModelAnswersAsVowpalWabbitDid() {
    byte[] bytes = GoldenModel.bytes();
    ByteBuffer rows = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 309; row < bytes.length; row += 16) {
      rows.putFloat(row + 4, rows.getFloat(row + 4) < -0.1 ? -0.11767991f : -0.05883995f);
    }
    Scorer scorer =
        Scorer.of(
            "-b 18 --cb_explore_adf -q UA --softmax --lambda 3", VowpalWabbitModel.parse(bytes));

    Prediction prediction =
        scorer.predict(
            new Example(
                List.of(namespace("U", number("a", 1), number("b", 2))),
                List.of(),
                List.of(
                    action("1", namespace("A", number("x", 1))),
                    action("2", namespace("A", number("y", 1))))));

    assertThat(prediction.order()).containsExactly(0, 1);
    assertThat(prediction.probabilities()[0])
        .isCloseTo(Float.intBitsToFloat(0x3f3e15ee), within(TOLERANCE));
    assertThat(prediction.probabilities()[1])
        .isCloseTo(Float.intBitsToFloat(0x3e83d423), within(TOLERANCE));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void addingInItsOrderAnyModelAnswersAsVowpalWabbitDoes(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    assertAnswersAsVowpalWabbit(RandomScoring.arguments(random), random, EVENTS, EXAMPLES);
  }

  @ParameterizedTest
  @MethodSource("io.waggle.core.score.RandomScoring#everyExplorationAndCost")
  void everyExplorationAnswersSoWithEveryTypeOfCost(String arguments) throws Exception {
    Random random = RandomScoring.seeded(arguments.hashCode());
    assertAnswersAsVowpalWabbit(arguments, random, EVENTS / 3, EXAMPLES / 4);
  }

  private static void assertAnswersAsVowpalWabbit(
      String arguments, Random random, int events, int examples) throws Exception {
    byte[] bytes = trained(arguments, random, events);
    Scorer scorer = inOrder(arguments, bytes);

    try (VowpalWabbitLearner oracle = VowpalWabbitLearner.open(arguments, bytes)) {
      for (int i = 0; i < examples; i++) {
        Example example = RandomScoring.example(random);
        Prediction expected = oracle.predict(example);
        Prediction actual = scorer.predict(example);

        assertThat(actual.order()).as(arguments).containsExactly(expected.order());
        if (arguments.contains("--softmax")) {
          assertThat(actual.probabilities())
              .as(arguments)
              .containsExactly(expected.probabilities(), within(TOLERANCE));
        } else {
          assertThat(actual.probabilities())
              .as(arguments)
              .containsExactly(expected.probabilities());
        }
      }
    }
  }

  /** Options that no random command line has. */
  static Stream<String> rareOptions() {
    return Stream.of(
        "--clip_p 0.05",
        "--no_predict",
        "--rank_all",
        "--decay_learning_rate 0.9 --initial_t 5",
        "--loss_function logistic --logistic_min -1 --logistic_max 1",
        "--loss_function expectile --expectile_q 0.3",
        "--l1_state 0.001 --l1 0.0001",
        "--l2_state 0.9 --l2 0.0001",
        "--cb_explore_adf --quiet --driver_output_off --log_level off",
        "--save_resume --preserve_performance_counters --holdout_off",
        "--strict_parse --dont_output_best_constant --bit_precision 12",
        "--learning_rate 0.2 --interactions ui");
  }

  @ParameterizedTest
  @MethodSource("rareOptions")
  void modelsOfRareOptionsDoSoToo(String options) throws Exception {
    Random random = RandomScoring.seeded(options.hashCode());
    String arguments =
        (options.startsWith("--cb_explore_adf") ? "" : "--cb_explore_adf ") + options + " -q ua";
    byte[] bytes = trained(arguments, random);
    Scorer scorer = inOrder(arguments, bytes);

    try (VowpalWabbitLearner oracle = VowpalWabbitLearner.open(arguments, bytes)) {
      for (int i = 0; i < EXAMPLES; i++) {
        Example example = RandomScoring.example(random);

        assertThat(scorer.predict(example).probabilities())
            .as(arguments)
            .containsExactly(oracle.predict(example).probabilities());
      }
    }
  }

  /** What no learner may be given comes from a model's own bytes alone. */
  @Test
  void everyOptionThatItTakesIsComparedWithVowpalWabbit() {
    String compared =
        Stream.concat(RandomScoring.everything(), rareOptions()).collect(Collectors.joining(" "));
    Set<String> names = new LearnerOptions(compared).names();

    for (String option : ScorerOptions.known()) {
      if (isForLearners(option) || isForLearners(option + " 1")) {
        assertThat(names).contains(option);
      }
    }
  }

  private static boolean isForLearners(String option) {
    try {
      VowpalWabbitArguments.check(
          option.contains("cb_explore_adf") ? option : "--cb_explore_adf " + option);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("slotSeeds")
  void slotAfterSlotIsAnsweredAsVowpalWabbitDoes(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments = RandomScoring.slotArguments(random);
    byte[] bytes = trained(arguments, random);
    Scorer scorer = served(arguments, bytes);

    try (VowpalWabbitLearner oracle = VowpalWabbitLearner.open(arguments, bytes)) {
      for (int i = 0; i < EXAMPLES; i++) {
        Example example = RandomScoring.slotsExample(random);
        for (int slot = 0; slot < example.slots().size(); slot++) {
          int[] earlier = lastActionsFirst(slot);

          assertThat(scorer.predictSlot(example, earlier).probabilities())
              .as(arguments)
              .containsExactly(
                  oracle.predictSlot(example, earlier).probabilities(), within(TOLERANCE));
        }
      }
    }
  }

  /** VW's approximate roots move the ends of a range by a few units in the last place. */
  @ParameterizedTest
  @MethodSource("slotSeeds")
  void plausibleCostsAreThoseOfVowpalWabbit(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments = RandomScoring.rangeArguments(random);
    byte[] bytes = trained(arguments, random);
    Scorer scorer = served(arguments, bytes);

    try (VowpalWabbitLearner oracle = VowpalWabbitLearner.open(arguments, bytes)) {
      for (int i = 0; i < EXAMPLES; i++) {
        Example example = RandomScoring.example(random);

        assertThat(scorer.predict(example).probabilities())
            .as(arguments)
            .containsExactly(oracle.predict(example).probabilities());
      }
    }
  }

  @Test
  void aModelWithChangesAppliedAnswersAsTheWholeOne() throws Exception {
    String arguments = "--cb_explore_adf -q ui --squarecb -b 18";
    Random random = new Random(1);
    byte[] base;
    byte[] newer;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, EVENTS);
      base = learner.modelBytes();
      RandomScoring.learn(learner, random, 5);
      newer = learner.modelBytes();
    }
    ModelDelta.Base from = new ModelDelta.Base(base);
    byte[] applied = new ModelDelta.Base(base).apply(from.changeTo(newer));

    Example example = RandomScoring.example(random);
    assertThat(
            Scorer.of(arguments, VowpalWabbitModel.parse(applied)).predict(example).probabilities())
        .containsExactly(
            Scorer.of(arguments, VowpalWabbitModel.parse(newer)).predict(example).probabilities());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rnd 2",
        "--sort_features",
        "--feature_limit u2",
        "--initial_weight 0.1",
        "--leave_duplicate_interactions",
        "-C 0.5",
        "--ngram u2",
        "--affix +1u",
        "--coin",
        "--ftrl",
        "--nn 2",
        "--lrq ui2",
        "--automl 2",
        "--boosting 2",
        "--link logistic",
        "--sparse_weights",
        "--synthcover",
        "--spelling u",
        "--skips u1",
        "--chain_hash",
        "--redefine a:=u",
        "--dictionary u:file",
        "--baseline",
        "--marginal u",
        "--epsilon_decay",
        "--large_action_space",
        "--cb_dro",
        "--slates",
        "--cbify 2",
        "--experimental_full_name_interactions user|item",
        "--bfgs",
        "--freegrad",
        "--sgd",
        "--normalized",
        "--squarecb --elim",
        "--regcbopt",
        "--lda 2",
        "--lrqfa u2",
        "--stage_poly",
        "--cb_min_max 1"
      })
  void whatTheScorerDoesNotComputeIsRefusedByName(String option) {
    String name = option.replaceFirst("^--squarecb ", "").split(" ", 2)[0];

    assertThat(Scorer.problem("--cb_explore_adf " + option)).contains("not " + name);
    assertThatThrownBy(
            () ->
                Scorer.of(
                    "--cb_explore_adf " + option, VowpalWabbitModel.parse(GoldenModel.bytes())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "arguments: --cb_explore_adf " + option + " (expected: only options");
  }

  @Test
  void plausibleCostsNeedTheDefaultOptimizerAndOneRanking() {
    assertThat(Scorer.problem("--ccb_explore_adf --regcb")).contains("one ranking");
    assertThat(Scorer.problem("--cb_explore_adf --regcb")).isNull();
    assertThat(Scorer.problem("--cb_explore_adf --regcb --power_t 0")).contains("not --power_t");
    assertThat(Scorer.problem("--cb_explore_adf --regcb --loss_function logistic"))
        .contains("squared");
  }

  @Test
  void wildcardsWithPermutationsAndOtherCostsAreRefused() {
    assertThat(Scorer.problem("--cb_explore_adf -q :: --permutations")).contains("--permutations");
    assertThat(Scorer.problem("--cb_explore_adf --cb_type dm")).contains("not dm");
  }

  @Test
  void anUnfitExampleIsRefusedByField() {
    Scorer scorer = Scorer.of("--cb_explore_adf", VowpalWabbitModel.parse(GoldenModel.bytes()));

    assertThatThrownBy(() -> scorer.predict(new Example(List.of(), List.of(), List.of())))
        .hasMessageStartingWith("actions: 0");
    assertThatThrownBy(
            () ->
                scorer.predictSlot(
                    new Example(List.of(), List.of(), List.of(action("a"))), new int[0]))
        .hasMessageContaining("makes one ranking");
  }

  /** A prediction's two arrays, 12 bytes an action, and nothing else that grows with them. */
  @Test
  void nothingIsAllocatedForAnAction() throws Exception {
    String arguments = "--cb_explore_adf -q ui --squarecb -b 12";
    Scorer scorer =
        Scorer.of(arguments, VowpalWabbitModel.parse(trained(arguments, new Random(1))));
    long few = allocated(scorer, catalogue(100));
    long many = allocated(scorer, catalogue(900));

    assertThat((many - few) / 800.0).isBetween(12.0, 13.0);
  }

  private static Example catalogue(int actions) {
    return new Example(
        List.of(namespace("user", number("age", 2))),
        List.of(),
        IntStream.range(0, actions)
            .mapToObj(i -> action("a" + i, namespace("item", number("size", i), number("x", 1))))
            .toList());
  }

  /** The least bytes of one of some predictions, as classes and hashes that come again are kept. */
  private static long allocated(Scorer scorer, Example example) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 50; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      var unused = scorer.predict(example);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static int[] lastActionsFirst(int count) {
    return IntStream.range(0, count).map(i -> count - 1 - i).toArray();
  }

  /** As a service takes it, which tells bytes of another learner apart. */
  private static Scorer served(String arguments, byte[] bytes) {
    return (Scorer)
        ServablePolicies.of(
            new ServableModel(
                "front", "live", 1, ByteString.copyFrom(bytes), arguments, 0, 0, 0, 0));
  }

  /** That of a model that is served, with the additions in VW's order. */
  private static Scorer inOrder(String arguments, byte[] bytes) {
    assertThat(served(arguments, bytes)).as(arguments).isNotNull();
    return Scorer.inOrder(arguments, VowpalWabbitModel.parse(bytes));
  }

  private static byte[] trained(String arguments, Random random) throws Exception {
    return trained(arguments, random, EVENTS);
  }

  private static byte[] trained(String arguments, Random random, int events) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, events);
      return learner.modelBytes();
    }
  }
}
