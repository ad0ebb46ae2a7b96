package io.waggle.core.model;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.score.Scorer;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Full versions and changes in quick succession while others rank. */
class SwappedVersionsTest {
  private static final String ARGUMENTS = "--cb_explore_adf --squarecb -q ui -b 16";
  private static final int VERSIONS = 40;
  private static final int READERS = 3;

  /** The same objects in every request, so that hashes known are part of it. */
  private static final List<Action> CATALOGUE =
      IntStream.range(0, 30)
          .mapToObj(
              i ->
                  action(
                      "a" + i,
                      namespace("item", text("kind", "k" + i % 7), number("size", 1 + i % 5))))
          .toList();

  @Test
  void everyAnswerIsThatOfTheVersionItNames() throws Exception {
    List<byte[]> versions = learned();
    List<double[]> expected = new ArrayList<>();
    for (byte[] version : versions) {
      expected.add(
          Scorer.of(ARGUMENTS, VowpalWabbitModel.parse(version))
              .predict(request())
              .probabilities());
    }
    ServingModels models = new ServingModels();
    models.apply(model(0, versions.get(0)));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService executor = Executors.newFixedThreadPool(READERS);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(executor.submit(() -> versionsSeen(models, expected, done)));
      }
      ModelDelta.Base base = new ModelDelta.Base(versions.get(0));
      for (int version = 1; version < VERSIONS; version++) {
        byte[] full = versions.get(version);
        byte[] bytes = version % 2 == 0 ? full : base.apply(base.changeTo(full));
        assertThat(models.apply(model(version, bytes))).isTrue();
      }
      done.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(models.refused()).isZero();
    } finally {
      done.set(true);
      executor.shutdown();
      assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static int versionsSeen(
      ServingModels models, List<double[]> expected, AtomicBoolean done) {
    int seen = 0;
    long newest = -1;
    boolean last;
    do {
      last = done.get();
      ServingModels.Served served =
          Objects.requireNonNull(models.predict("front", "live", request()));
      assertThat(served.version() - 1).isGreaterThanOrEqualTo(newest);
      assertThat(served.prediction().probabilities())
          .containsExactly(expected.get((int) served.version() - 1));
      seen += served.version() - 1 > newest ? 1 : 0;
      newest = served.version() - 1;
    } while (!last);
    assertThat(newest).isEqualTo(VERSIONS - 1);
    return seen;
  }

  private static Example request() {
    return new Example(
        List.of(namespace("user", text("taste", "k3"), number("age", 0.4))), List.of(), CATALOGUE);
  }

  /** Each knows some decisions more than the one before. */
  private static List<byte[]> learned() throws Exception {
    List<byte[]> versions = new ArrayList<>();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int version = 0; version < VERSIONS; version++) {
        for (int i = 0; i < 5; i++) {
          int chosen = (version * 5 + i) % CATALOGUE.size();
          learner.learn(request(), chosen, chosen % 7 == 3 ? -1 : 0, 0.1);
        }
        versions.add(learner.modelBytes());
      }
    }
    return versions;
  }

  private static ServableModel model(int index, byte[] bytes) {
    return new ServableModel(
        "front", "live", index + 1L, ByteString.copyFrom(bytes), ARGUMENTS, 0, 0, index, 0);
  }
}
