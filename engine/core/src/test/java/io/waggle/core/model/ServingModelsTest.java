package io.waggle.core.model;

import static io.waggle.core.feature.Examples.forUser;
import static io.waggle.core.feature.Examples.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.state.model.ServableModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingModelsTest {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.2 -b 10";
  private static final int READERS = 4;

  @Test
  void withoutAModelNothingIsPredicted() {
    ServingModels models = new ServingModels();
    assertThat(models.predict("front", "live", plain("a"))).isNull();
    assertThat(models.version("front", "live")).isNull();
  }

  @Test
  void theNewestVersionAnswersAndSaysWhichItIs() throws Exception {
    ServingModels models = new ServingModels();
    assertThat(models.apply(model(1, liking(0)))).isTrue();
    assertThat(models.apply(model(2, liking(1)))).isTrue();

    ServingModels.Served served = served(models, plain("a", "b"));
    assertThat(served.prediction().order()).containsExactly(1, 0);
    assertThat(served.prediction().probabilities())
        .containsExactly(new double[] {0.1, 0.9}, within(1e-6));
    assertThat(served.version()).isEqualTo(2);
    assertThat(served.eventsLearned()).isEqualTo(20);
    assertThat(served.createdMillis()).isEqualTo(2000);
    assertThat(models.version("front", "live")).isEqualTo(new ServingModels.Version(2, 20, 2000));
  }

  @Test
  void aVersionThatIsNotNewerIsIgnored() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(5, liking(0)));

    assertThat(models.apply(model(5, liking(1)))).isFalse();
    assertThat(models.apply(model(4, liking(1)))).isFalse();
    assertThat(models.refused()).isZero();
    assertThat(order(models, plain("a", "b"))).containsExactly(0, 1);
  }

  @Test
  void surfacesAndPoliciesDoNotMix() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(0)));

    assertThat(models.predict("front", "other", plain("a"))).isNull();
    assertThat(models.predict("other", "live", plain("a"))).isNull();
  }

  @Test
  void aVersionThatDoesNotLoadIsRefusedAndTheOldOneStays() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(1)));

    assertThat(models.apply(model(2, "not a model".getBytes(StandardCharsets.UTF_8)))).isFalse();
    assertThat(models.apply(model(3, new byte[0]))).isFalse();

    assertThat(models.refused()).isEqualTo(2);
    assertThat(order(models, plain("a", "b"))).containsExactly(1, 0);
    assertThat(models.apply(model(4, liking(0)))).isTrue();
  }

  @Test
  void aVersionWithOneWeightThatIsNotANumberIsRefusedAndTheOldOneStays() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(1)));

    assertThat(models.apply(model(2, withNanWeight(liking(0))))).isFalse();

    assertThat(models.refused()).isEqualTo(1);
    ServingModels.Refused refused = Objects.requireNonNull(models.refused("front", "live"));
    assertThat(refused.version()).isEqualTo(2);
    assertThat(refused.reason()).startsWith("weight at byte ").contains("NaN (expected: finite)");
    assertThat(order(models, plain("a", "b"))).containsExactly(1, 0);
  }

  @Test
  void aTruncatedVersionIsRefusedAndTheOldOneStays() throws Exception {
    byte[] whole = liking(0);
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(1)));

    assertThat(models.apply(model(2, Arrays.copyOf(whole, whole.length - 5)))).isFalse();
    assertThat(models.apply(model(3, Arrays.copyOf(whole, whole.length / 2)))).isFalse();

    assertThat(models.refused()).isEqualTo(2);
    assertThat(order(models, plain("a", "b"))).containsExactly(1, 0);
  }

  @Test
  void aVersionAlteredInItsHeaderIsRefusedAndTheOldOneStays() throws Exception {
    byte[] altered = liking(0);
    altered[20] ^= 4;
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(1)));

    assertThat(models.apply(model(2, altered))).isFalse();

    assertThat(models.refused()).isEqualTo(1);
    assertThat(order(models, plain("a", "b"))).containsExactly(1, 0);
  }

  @Test
  void whoeverKeepsRecordsIsToldOfEachRefusal() throws Exception {
    List<Long> told = new ArrayList<>();
    ServingModels models = new ServingModels((model, reason) -> told.add(model.version()));
    models.apply(model(1, new byte[0]));
    models.apply(model(2, liking(0)));
    models.apply(model(3, new byte[0]));

    assertThat(told).containsExactly(1L, 3L);
  }

  @Test
  void aRefusalIsForgottenOnceALaterVersionServes() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(2, new byte[0]));
    assertThat(models.refused("front", "live")).isNotNull();

    models.apply(model(3, liking(0)));

    assertThat(models.refused("front", "live")).isNull();
    assertThat(models.refused()).isEqualTo(1);
  }

  @Test
  void aRemovedPolicyHasNoVersionUntilAnotherComes() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(5, liking(0)));

    models.remove("front", "live");
    models.remove("front", "never there");

    assertThat(models.predict("front", "live", plain("a", "b"))).isNull();
    assertThat(models.version("front", "live")).isNull();
    assertThat(models.apply(model(1, liking(1)))).isTrue();
  }

  @Test
  void aVersionWithoutValidProbabilitiesIsRefused() {
    ServingModels models =
        new ServingModels(
            model ->
                example -> {
                  throw new IllegalStateException("its probabilities sum to NaN");
                },
            (model, reason) -> {});

    assertThat(models.apply(model(1, new byte[0]))).isFalse();

    assertThat(models.refused()).isEqualTo(1);
    assertThat(models.version("front", "live")).isNull();
  }

  /** A candidate may have such options: nothing is broken, so nobody is to be woken for it. */
  @Test
  void aLearnerThatIsNotScoredHereIsLeftAloneAndTheOptionNamed() throws Exception {
    String arguments = "--cb_explore_adf --rnd 2";
    byte[] bytes;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      bytes = learner.modelBytes();
    }
    List<Long> told = new ArrayList<>();
    ServingModels models = new ServingModels((model, reason) -> told.add(model.version()));

    assertThat(models.apply(model(1, bytes, arguments))).isFalse();
    assertThat(models.apply(model(2, bytes, arguments))).isFalse();

    ServingModels.Refused left = Objects.requireNonNull(models.refused("front", "live"));
    assertThat(left.version()).isEqualTo(2);
    assertThat(left.reason())
        .startsWith("it can be evaluated, but not answer requests: arguments: " + arguments)
        .contains("not --rnd");
    assertThat(models.refused()).isZero();
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf --softmax -b 10",
        "--cb_explore_adf --epsilon 0.2 -b 12",
        "--cb_explore_adf --epsilon 0.2 -b 10 -q ua",
        "--cb_explore_adf --epsilon 0.2 -b 10 --bag 2",
        "--ccb_explore_adf --epsilon 0.2 -b 10"
      })
  void bytesOfAnotherLearnerAreRefusedAndTheOldVersionStays(String others) throws Exception {
    byte[] bytes;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(others, null)) {
      bytes = learner.modelBytes();
    }
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(1)));

    assertThat(models.apply(model(2, bytes))).isFalse();

    assertThat(Objects.requireNonNull(models.refused("front", "live")).reason())
        .startsWith("model: -b 1")
        .endsWith("(expected: a model of " + ARGUMENTS + ")");
    assertThat(models.refused()).isEqualTo(1);
    assertThat(order(models, plain("a", "b"))).containsExactly(1, 0);
  }

  @Test
  void theServedAnswersAreVowpalWabbitsToTheBit() throws Exception {
    byte[] bytes = liking(1);
    ServingModels models = new ServingModels();
    models.apply(model(1, bytes));

    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, bytes)) {
      Example example = forUser("u", "a", "b", "c");
      assertThat(served(models, example).prediction().probabilities())
          .isEqualTo(learner.predict(example).probabilities());
    }
  }

  @Test
  void anUnfitExampleIsTheCallersErrorAndTheModelServesOn() throws Exception {
    ServingModels models = new ServingModels();
    models.apply(model(1, liking(0)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> models.predict("front", "live", plain()))
        .withMessageStartingWith("actions: 0");
    assertThat(order(models, plain("a", "b"))).containsExactly(0, 1);
  }

  @Test
  void readersAndSwapsDoNotDisturbEachOther() throws Exception {
    byte[] first = liking(0);
    byte[] second = liking(1);

    swapUnderLoad(
        new ServingModels(), version -> model(version, version % 2 == 0 ? first : second), 2_000);
  }

  private interface Versions {
    ServableModel at(long version);
  }

  /** Four readers predict without a pause while versions go by; every answer must be valid. */
  private static void swapUnderLoad(ServingModels models, Versions versions, int swaps)
      throws Exception {
    assertThat(models.apply(versions.at(1))).isTrue();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService executor = Executors.newFixedThreadPool(READERS);
    try {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(executor.submit(() -> readUntil(models, done::get)));
      }
      for (int version = 2; version <= swaps; version++) {
        assertThat(models.apply(versions.at(version))).isTrue();
      }
      done.set(true);
      for (Future<Long> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(models.refused()).isZero();
    } finally {
      done.set(true);
      executor.shutdown();
      assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static long readUntil(ServingModels models, BooleanSupplier done) {
    long count = 0;
    long newest = 0;
    do {
      ServingModels.Served served = served(models, forUser("u", "a", "b", "c"));
      assertThat(served.version()).isGreaterThanOrEqualTo(newest);
      assertThat(Arrays.stream(served.prediction().probabilities()).sum())
          .isCloseTo(1, within(1e-9));
      newest = served.version();
      count++;
    } while (!done.getAsBoolean());
    return count;
  }

  private static int[] order(ServingModels models, Example example) {
    return served(models, example).prediction().order();
  }

  private static ServingModels.Served served(ServingModels models, Example example) {
    return Objects.requireNonNull(models.predict("front", "live", example));
  }

  private static ServableModel model(long version, byte[] bytes) {
    return model(version, bytes, ARGUMENTS);
  }

  private static ServableModel model(long version, byte[] bytes, String arguments) {
    return new ServableModel(
        "front",
        "live",
        version,
        ByteString.copyFrom(bytes),
        arguments,
        version * 10,
        version * 1000,
        version - 1,
        0);
  }

  /** A model that prefers one of the actions a and b. */
  private static byte[] liking(int action) throws RejectedExampleException {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int i = 0; i < 5; i++) {
        learner.learn(plain("a", "b"), action, -1, 0.5);
      }
      return learner.modelBytes();
    }
  }

  /** The weight of the last record (index, weight, two sums of 4 bytes each), made NaN. */
  private static byte[] withNanWeight(byte[] model) {
    ByteBuffer bytes = ByteBuffer.wrap(model.clone()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(model.length - 12, Float.NaN);
    return bytes.array();
  }
}
