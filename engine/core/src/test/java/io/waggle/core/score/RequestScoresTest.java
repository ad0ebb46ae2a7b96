package io.waggle.core.score;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.Seeds;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores added up feature by feature, beside those in Vowpal Wabbit's order of additions. */
class RequestScoresTest {
  private static final int EVENTS = 100;
  private static final int EXAMPLES = 10;

  /** One rounding of a 32-bit sum. */
  private static final double ROUNDING = 0x1p-24;

  /** Scores so far apart, beside the largest, are in one order whatever the roundings. */
  private static final double APART = 1e-4;

  private static int compared;
  private static int apart;

  static IntStream seeds() {
    return Seeds.of(160);
  }

  /** Else the second half of what is compared could say nothing. */
  @AfterAll
  static void inManyExamplesScoresWereApart() {
    assertThat(apart).isGreaterThan(compared / 4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void scoresAreTheSumsInOrderButForRoundingAndSoAreAnswersWhereScoresAreApart(long seed)
      throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments = RandomScoring.arguments(random);
    VowpalWabbitModel model = trained(arguments, random);
    Scorer fast = Scorer.of(arguments, model);
    Scorer inOrder = Scorer.inOrder(arguments, model);

    for (int i = 0; i < EXAMPLES; i++) {
      Example example = RandomScoring.example(random);
      float[][] expected = inOrder.scores(example);

      assertScores(fast.scores(example), expected, bounds(arguments, model, example), arguments);
      compared++;
      if (areApart(expected)) {
        apart++;
        assertAnswer(fast.predict(example), inOrder.predict(example), arguments);
      }
    }
  }

  private static void assertScores(
      float[][] scores, float[][] expected, double[][] bounds, String arguments) {
    for (int set = 0; set < expected.length; set++) {
      for (int action = 0; action < expected[set].length; action++) {
        assertThat((double) scores[set][action])
            .as("%s, set %d, action %d", arguments, set, action)
            .isCloseTo(expected[set][action], within(bounds[set][action]));
      }
    }
  }

  private static void assertAnswer(Prediction prediction, Prediction expected, String arguments) {
    assertThat(prediction.order()).as(arguments).containsExactly(expected.order());
    assertThat(prediction.probabilities())
        .as(arguments)
        .containsExactly(expected.probabilities(), within(APART));
  }

  /** What is known of the others, how many they are and what came before change no bit. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anActionsScoreDependsOnNoOther(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments = RandomScoring.arguments(random);
    Scorer scorer = Scorer.of(arguments, trained(arguments, random));
    Example example = RandomScoring.example(random);
    List<Action> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.addAll(RandomScoring.example(random).actions());
    }
    Collections.shuffle(many, random);
    List<Namespace> context = example.context();
    List<Namespace> session = example.session();

    float[][] together = scorer.scores(new Example(context, session, many));

    for (int i = 0; i < many.size(); i += 1 + random.nextInt(8)) {
      float[][] alone = scorer.scores(new Example(context, session, List.of(many.get(i))));
      for (int set = 0; set < alone.length; set++) {
        assertThat(alone[set][0]).as(arguments).isEqualTo(together[set][i]);
      }
    }
  }

  /** More features than are taken in at a time, and than are known at a time. */
  @Test
  void actionsWithManyFeaturesAreScoredAsAlone() throws Exception {
    String arguments = "--cb_explore_adf --bag 2 -q ui -q ii -b 12";
    Scorer scorer = Scorer.of(arguments, trained(arguments, new Random(1)));
    List<Action> actions = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      Namespace.Builder item = Namespace.newBuilder().setName("item");
      for (int feature = 0; feature < 900; feature++) {
        item.addFeatures(number("f" + (feature % 7 == 0 ? feature : i * 900 + feature), 0.5));
      }
      actions.add(action("a" + i, item.build()));
    }
    List<Namespace> context = List.of(namespace("user", text("f1", "v1"), number("f2", 2)));

    float[][] together = scorer.scores(new Example(context, List.of(), actions));

    for (int i = 0; i < actions.size(); i += 23) {
      float[][] alone = scorer.scores(new Example(context, List.of(), List.of(actions.get(i))));
      assertThat(alone[0][0]).isEqualTo(together[0][i]);
      assertThat(alone[1][0]).isEqualTo(together[1][i]);
    }
    assertThat(together[0][0]).isNotEqualTo(together[1][0]);
  }

  /** More products of what is shared than are kept: added up in order. */
  @Test
  void tooManySharedProductsAreAddedUpInOrder() throws Exception {
    String arguments = "--cb_explore_adf --interactions uuuz -b 12";
    VowpalWabbitModel model = trained(arguments, new Random(1));
    Namespace.Builder user = Namespace.newBuilder().setName("user");
    for (int feature = 0; feature < 80; feature++) {
      user.addFeatures(number("f" + feature, 0.5));
    }
    Example example =
        new Example(
            List.of(user.build()),
            List.of(),
            List.of(
                action("a", namespace("zone", number("f1", 1))),
                action("b", namespace("zone", number("f2", 1)))));

    assertThat(Scorer.of(arguments, model).scores(example)[0])
        .containsExactly(Scorer.inOrder(arguments, model).scores(example)[0]);
  }

  private static boolean areApart(float[][] scores) {
    for (float[] each : scores) {
      double[] sorted =
          IntStream.range(0, each.length).mapToDouble(i -> each[i]).sorted().toArray();
      double largest = Math.max(Math.abs(sorted[0]), Math.abs(sorted[sorted.length - 1]));
      for (int i = 1; i < sorted.length; i++) {
        if (sorted[i] - sorted[i - 1] < APART * largest) {
          return false;
        }
      }
    }
    return true;
  }

  /** How far two orders of additions can be apart: a rounding of all for each addition. */
  private static double[][] bounds(String arguments, VowpalWabbitModel model, Example example) {
    LearnerOptions options =
        new LearnerOptions(model.header().options()).and(new LearnerOptions(arguments));
    LinearScores scores = new LinearScores(options, model, false);
    FeatureGroups features = new FeatureGroups();
    features.startExample(
        FeatureRules.of(options, HashedNamespaces.OF_PROCESS),
        example.context(),
        example.session());
    features.endShared();
    List<Integer> sets = WeightSets.of(options).policies();
    TouchedWeights touched = new TouchedWeights();
    double[][] bounds = new double[sets.size()][example.actions().size()];
    for (int action = 0; action < example.actions().size(); action++) {
      features.setAction(example.actions().get(action));
      for (int set = 0; set < bounds.length; set++) {
        scores.touch(features, sets.get(set), touched);
        double sum = 0;
        for (int i = 0; i < touched.size(); i++) {
          sum += Math.abs((double) scores.weights()[touched.index(i)] * touched.value(i));
        }
        // Weight times value and the product of values are rounded too.
        bounds[set][action] = 2 * (touched.size() + 8) * ROUNDING * sum;
      }
    }
    return bounds;
  }

  private static VowpalWabbitModel trained(String arguments, Random random) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, EVENTS);
      return VowpalWabbitModel.parse(learner.modelBytes());
    }
  }
}
