package io.waggle.core.score;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hashes of namespaces that come again. */
class HashedNamespacesTest {
  private static final FeatureHash HASH = new FeatureHash(false, 0);
  private static final int[] INDICES = {1, 2, 3};
  private static final float[] VALUES = {1, 1, 1};

  private final HashedNamespaces hashed = new HashedNamespaces(64, 1_000);

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsKnownIsAnsweredWithTheSameBits(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    String arguments = RandomScoring.arguments(random);
    VowpalWabbitModel model = trained(arguments, random);
    Scorer knowing = Scorer.of(arguments, model, hashed);
    Scorer forgetful = Scorer.of(arguments, model, new HashedNamespaces(2, 0));
    List<Example> catalogue =
        IntStream.range(0, 10).mapToObj(i -> RandomScoring.example(random)).toList();

    for (int request = 0; request < 100; request++) {
      Example example = request(catalogue, random);
      Prediction expected = forgetful.predict(example);
      Prediction actual = knowing.predict(example);

      assertThat(actual.probabilities()).as(arguments).containsExactly(expected.probabilities());
      assertThat(actual.order()).as(arguments).containsExactly(expected.order());
    }
    assertThat(hashed.features()).isPositive();
  }

  /** One's actions for another's user. */
  private static Example request(List<Example> catalogue, Random random) {
    Example user = RandomScoring.example(random);
    List<Action> actions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      List<Action> one = catalogue.get(random.nextInt(catalogue.size())).actions();
      actions.add(one.get(random.nextInt(one.size())));
    }
    return new Example(user.context(), user.session(), actions);
  }

  @Test
  void aChangedItemIsNeverAnsweredFromWhatWasKnown() throws Exception {
    String arguments = "--cb_explore_adf -q ui --squarecb -b 18";
    VowpalWabbitModel model = trained(arguments, new Random(1));
    Scorer knowing = Scorer.of(arguments, model, hashed);
    Scorer forgetful = Scorer.of(arguments, model, new HashedNamespaces(2, 0));

    for (int version = 0; version < 50; version++) {
      Action changing =
          action("a", namespace("item", number("f1", version * 0.1), number("f2", 1)));
      Action other = action("b", namespace("item", number("f1", 1), text("f3", "v1")));
      Example example =
          new Example(
              List.of(namespace("user", number("f1", 2))), List.of(), List.of(changing, other));

      for (int time = 0; time < 3; time++) {
        assertThat(knowing.predict(example).probabilities())
            .containsExactly(forgetful.predict(example).probabilities());
      }
    }
  }

  @Test
  void modelsThatHashOtherwiseDoNotTakeEachOthersHashes() throws Exception {
    Example example = RandomScoring.example(RandomScoring.seeded(3));
    for (String arguments :
        List.of(
            "--cb_explore_adf --squarecb -b 18",
            "--cb_explore_adf --squarecb -b 18 --hash_seed 7",
            "--cb_explore_adf --squarecb -b 18 --hash all",
            "--cb_explore_adf --bag 3 -b 18")) {
      VowpalWabbitModel model = trained(arguments, new Random(1));
      Scorer knowing = Scorer.of(arguments, model, hashed);
      double[] expected =
          Scorer.of(arguments, model, new HashedNamespaces(2, 0)).predict(example).probabilities();

      for (int time = 0; time < 3; time++) {
        assertThat(knowing.predict(example).probabilities())
            .as(arguments)
            .containsExactly(expected);
      }
    }
  }

  @Test
  void whatIsMetOnceIsNotKept() {
    Namespace namespace = namespace("item", number("a", 1), number("b", 1));
    int key = hashed.key(namespace, HASH);

    assertThat(hashed.isMetAgain(key)).isFalse();
    assertThat(hashed.isMetAgain(key)).isTrue();
  }

  @Test
  void anEqualNamespaceIsAnotherOne() {
    Namespace namespace = namespace("item", number("a", 1), number("b", 1));
    hashed.keep(5, namespace, HASH, INDICES, VALUES, 1, 3);

    assertThat(requireNonNull(hashed.find(5, namespace, HASH)).indices()).containsExactly(2, 3);
    assertThat(hashed.find(5, namespace.toBuilder().build(), HASH)).isNull();
    assertThat(hashed.find(5, namespace, new FeatureHash(true, 0))).isNull();
  }

  @Test
  void ofNamespacesWithOnePlaceTheOldestGoes() {
    Namespace first = namespace("item", number("a", 1));
    Namespace second = namespace("item", number("b", 1));
    Namespace third = namespace("item", number("c", 1));
    for (Namespace namespace : List.of(first, second, third)) {
      hashed.keep(5, namespace, HASH, INDICES, VALUES, 0, 3);
    }

    assertThat(hashed.find(5, first, HASH)).isNull();
    assertThat(hashed.find(5, second, HASH)).isNotNull();
    assertThat(hashed.find(5, third, HASH)).isNotNull();
    assertThat(hashed.features()).isEqualTo(6);
  }

  @Test
  void neverMoreFeaturesAreKeptThanTheBound() {
    HashedNamespaces bounded = new HashedNamespaces(64, 10);
    List<Namespace> namespaces = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Namespace namespace = namespace("item", number("a", i));
      namespaces.add(namespace);
      bounded.keep(i, namespace, HASH, INDICES, VALUES, 0, 3);

      assertThat(bounded.features()).isLessThanOrEqualTo(10);
      assertThat(bounded.find(i, namespace, HASH)).isNotNull();
    }
    assertThat(IntStream.range(0, 1_000).filter(i -> isKnown(bounded, i, namespaces)).count())
        .isBetween(1L, 3L);
  }

  @Test
  void oneThatAloneIsAboveTheBoundIsNotKept() {
    HashedNamespaces bounded = new HashedNamespaces(64, 2);
    Namespace namespace = namespace("item", number("a", 1));
    bounded.keep(5, namespace, HASH, INDICES, VALUES, 0, 3);

    assertThat(bounded.find(5, namespace, HASH)).isNull();
    assertThat(bounded.features()).isZero();
  }

  private static boolean isKnown(HashedNamespaces in, int key, List<Namespace> namespaces) {
    return in.find(key, namespaces.get(key), HASH) != null;
  }

  @Test
  void boundsThatCannotBeKeptAreRefused() {
    assertThatThrownBy(() -> new HashedNamespaces(3, 10))
        .hasMessage("entries: 3 (expected: a power of two, at least 2)");
  }

  private static VowpalWabbitModel trained(String arguments, Random random) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, 100);
      return VowpalWabbitModel.parse(learner.modelBytes());
    }
  }
}
