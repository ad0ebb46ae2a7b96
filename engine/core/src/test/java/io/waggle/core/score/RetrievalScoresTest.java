package io.waggle.core.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Costs of many items beside the exact scores of each. */
class RetrievalScoresTest {
  private static final List<String> PRODUCTS =
      List.of(
          "-q ui",
          "-q iu -q ua",
          "-q uu ii",
          "--quadratic ::",
          "--quadratic u: --noconstant",
          "-q ui -q ii --permutations",
          "-q ui --ignore s --ignore_linear i",
          "-q ui --l2 0.001",
          "-q ui --hash all --hash_seed 3",
          "--cubic ssi --cubic uss -q ui",
          "--cubic xis --cubic txi",
          "--interactions ixt --interactions xist",
          "--interactions xuxs --permutations");
  private static final List<String> EXPLORATIONS =
      List.of("--epsilon 0.1", "--bag 3", "--cover 3", "--squarecb", "--cb_type dr --epsilon 0.1");
  private static final float TOLERANCE = 1e-3f;

  static IntStream seeds() {
    return IntStream.range(0, 130);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void withOneFeatureOfTheActionInAProductTheyAreTheExactScoresButForWhatAllActionsShare(int seed)
      throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments =
        String.join(
            " ",
            "--cb_explore_adf",
            EXPLORATIONS.get(seed % EXPLORATIONS.size()),
            PRODUCTS.get(seed % PRODUCTS.size()),
            // So few that features which no example had have weights too.
            "-b 10");
    Scorer scorer = Scorer.of(arguments, trained(arguments, random));
    List<Action> catalogue = catalogue(random);

    for (int request = 0; request < 5; request++) {
      Example user = RandomScoring.example(random);
      int[] selected = random.ints(0, catalogue.size()).distinct().limit(8).toArray();
      List<Action> actions = IntStream.of(selected).mapToObj(catalogue::get).toList();
      List<Namespace> context = new ArrayList<>(user.context());
      context.add(Examples.namespace("x", Examples.number("a", 2), Examples.text("b", "v")));
      context.add(Examples.namespace("t", Examples.number("c", 0.5), Examples.text("d", "v")));
      Example exact = new Example(context, user.session(), actions);

      float[] costs = scorer.costs(exact, catalogue, selected);

      float[] scores = sums(scorer.scores(exact));
      float largest = largest(scores);
      for (int i = 1; i < costs.length; i++) {
        assertThat(costs[i] - costs[0])
            .as(arguments)
            .isCloseTo(scores[i] - scores[0], within(TOLERANCE * Math.max(1, largest)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void numbersThatMoveCountAsIfTheyWereFeaturesOfTheActions(int seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments =
        String.join(
            " ",
            "--cb_explore_adf",
            EXPLORATIONS.get(seed % EXPLORATIONS.size()),
            PRODUCTS.get(seed % PRODUCTS.size()),
            "-b 10");
    Scorer scorer = Scorer.of(arguments, trained(arguments, random));
    List<Action> catalogue = catalogue(random);
    Example user = RandomScoring.example(random);
    float[][] values = new float[3][catalogue.size()];
    List<Action> complete = new ArrayList<>();
    for (int i = 0; i < catalogue.size(); i++) {
      for (float[] each : values) {
        each[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
      }
      complete.add(
          catalogue.get(i).toBuilder()
              .addNamespaces(
                  Examples.namespace(
                      "ir",
                      Examples.number("rate", values[0][i]),
                      Examples.number("seen", values[1][i])))
              .addNamespaces(Examples.namespace("taste", Examples.number("share", values[2][i])))
              .build());
    }
    MovingNumbers numbers =
        new MovingNumbers(
            List.of(
                MovingNumbers.name("ir", "rate"),
                MovingNumbers.name("ir", "seen"),
                MovingNumbers.name("taste", "share")),
            values);
    int[] selected = random.ints(0, catalogue.size()).distinct().limit(8).toArray();

    float[] apart = scorer.costs(user, catalogue, () -> numbers, selected);
    float[] together = scorer.costs(user, complete, selected);

    float largest = Math.max(1, largest(together));
    for (int i = 0; i < apart.length; i++) {
      assertThat(apart[i]).as(arguments).isCloseTo(together[i], within(TOLERANCE * largest));
    }
  }

  @Test
  void aChangedCatalogueIsAnotherList() throws Exception {
    String arguments = "--cb_explore_adf -q ui -b 18";
    Random random = RandomScoring.seeded(1);
    Scorer scorer = Scorer.of(arguments, trained(arguments, random));
    Example user = RandomScoring.example(random);
    List<Action> one = catalogue(random);
    List<Action> other = catalogue(random);
    int[] selected = IntStream.range(0, 10).toArray();

    float[] before = scorer.costs(user, one, selected);
    float[] changed = scorer.costs(user, other, selected);

    assertThat(changed).isNotEqualTo(before);
    assertThat(scorer.costs(user, one, selected)).containsExactly(before);
  }

  @Test
  void modelsOfOtherRulesDoNotTakeEachOthersHashes() throws Exception {
    Random random = RandomScoring.seeded(2);
    List<Action> catalogue = catalogue(random);
    Example user = RandomScoring.example(random);
    int[] selected = IntStream.range(0, 10).toArray();
    String seven = "--cb_explore_adf -q ui -b 18 --hash_seed 7";
    Scorer hashed = Scorer.of(seven, trained(seven, random));
    float[] alone = hashed.costs(user, List.copyOf(new ArrayList<>(catalogue)), selected);

    String none = "--cb_explore_adf -q ui -b 18";
    var unused = Scorer.of(none, trained(none, random)).costs(user, catalogue, selected);

    assertThat(hashed.costs(user, catalogue, selected)).containsExactly(alone);
  }

  @Test
  void whatIsSharedIsChecked() throws Exception {
    String arguments = "--cb_explore_adf -q ui -b 18";
    Scorer scorer = Scorer.of(arguments, trained(arguments, RandomScoring.seeded(3)));
    Example broken =
        new Example(
            List.of(Examples.namespace("u", Examples.number("x", Double.NaN))),
            List.of(),
            List.of(Examples.action("a")));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> scorer.costs(broken, broken.actions(), new int[] {0}))
        .withMessageStartingWith("context[0].features[0].value.number: NaN");
  }

  /** Of many examples, so that features come again. */
  private static List<Action> catalogue(Random random) {
    List<Action> actions = new ArrayList<>();
    while (actions.size() < 50) {
      actions.addAll(RandomScoring.example(random).actions());
    }
    return actions;
  }

  private static float[] sums(float[][] scores) {
    float[] sums = new float[scores[0].length];
    for (float[] each : scores) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += each[i];
      }
    }
    return sums;
  }

  private static float largest(float[] scores) {
    float largest = 0;
    for (float score : scores) {
      largest = Math.max(largest, Math.abs(score));
    }
    return largest;
  }

  private static VowpalWabbitModel trained(String arguments, Random random) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, 100);
      return VowpalWabbitModel.parse(learner.modelBytes());
    }
  }
}
