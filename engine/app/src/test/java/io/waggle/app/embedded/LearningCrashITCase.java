package io.waggle.app.embedded;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.app.embedded.EmbeddedFlink.Job;
import io.waggle.app.rebuild.Rebuild;
import io.waggle.app.rebuild.RebuildReport;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.history.KafkaPastExamples;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.LearningJob;
import io.waggle.jobs.join.RewardJoinFunction;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.Namespace;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.Reward;
import io.waggle.v1.WriterEpoch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The learning job over real Kafka topics of one partition, failed by name: what it has learned in
 * the end, byte for byte, and what became of each reward are the same as without the failure.
 */
@Tag("alone")
@Timeout(300)
class LearningCrashITCase {
  private static final int HALF = 100;
  private static final Duration SLOW_LEARNING = Duration.ofMillis(40);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * Each surface's records are hours later than those of the ones before, which the same topics
   * hold: where event time has come further, a window closes before its reward is read.
   */
  private static final long START = System.currentTimeMillis() - Duration.ofHours(60).toMillis();

  private static final Duration BETWEEN_SURFACES = Duration.ofHours(4);
  private static final Duration BETWEEN_HALVES = Duration.ofHours(1);

  private static final AtomicReference<@Nullable Fault> FAULT = new AtomicReference<>();
  private static final AtomicInteger COUNTDOWN = new AtomicInteger();

  /** Surfaces whose job was put in charge, in order; their epochs begin with 1. */
  private static final List<String> EPOCHS = new ArrayList<>();

  private static final FaultyLearner.Faults FAULTS =
      new FaultyLearner.Faults() {
        @Override
        public void beforeLearning() {
          if (FAULT.get() == Fault.BEFORE_LEARNING && COUNTDOWN.decrementAndGet() == 0) {
            fail();
          }
          if (FAULT.get() == Fault.IN_CHECKPOINT) {
            // Slow, so that a checkpoint comes while there is something learned for it to take.
            LockSupport.parkNanos(SLOW_LEARNING.toNanos());
          }
        }

        @Override
        public void beforeModelBytes(boolean checkpoint) {
          if (FAULT.get() == (checkpoint ? Fault.IN_CHECKPOINT : Fault.BEFORE_PUBLISHING)) {
            fail();
          }
        }

        private void fail() {
          FAULT.set(null);
          throw new FaultyLearner.InjectedError();
        }
      };

  @TempDir static Path directory;
  private static LearningBroker broker;
  private static ByteString undisturbed;

  /** Where the job fails, once. */
  private enum Fault {
    BEFORE_LEARNING,
    BEFORE_PUBLISHING,
    IN_CHECKPOINT
  }

  @BeforeAll
  static void learnUndisturbed() throws Exception {
    broker = new LearningBroker(directory.resolve("kafka"));
    try (Loop loop = new Loop("undisturbed", 1)) {
      loop.send(0);
      loop.awaitLearned(HALF);
      loop.send(HALF);
      undisturbed = loop.finalModel();
      loop.everythingIsCountedOnce();
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void failureBetweenRewardAndLearn() throws Exception {
    try (Loop loop = new Loop("reward-learn", 1)) {
      loop.halfThenFail(Fault.BEFORE_LEARNING);

      assertThat(loop.finalModel()).isEqualTo(undisturbed);
      loop.everythingIsCountedOnce();
      loop.newestKeptVersionCanBeRebuilt();
    }
  }

  @Test
  void failureBetweenLearnAndPublish() throws Exception {
    try (Loop loop = new Loop("learn-publish", 1)) {
      loop.halfThenFail(Fault.BEFORE_PUBLISHING);

      assertThat(loop.finalModel()).isEqualTo(undisturbed);
      loop.everythingIsCountedOnce();
    }
  }

  @Test
  void failureDuringACheckpoint() throws Exception {
    try (Loop loop = new Loop("checkpoint", 1)) {
      loop.halfThenFail(Fault.IN_CHECKPOINT);

      assertThat(loop.finalModel()).isEqualTo(undisturbed);
      loop.everythingIsCountedOnce();
    }
  }

  @Test
  void restoreWithAnotherParallelism() throws Exception {
    try (Loop one = new Loop("parallelism", 1)) {
      one.send(0);
      one.awaitLearned(HALF);
    }
    try (Loop two = new Loop("parallelism", 2)) {
      two.awaitLearned(HALF);
      two.send(HALF);

      assertThat(two.finalModel()).isEqualTo(undisturbed);
      two.everythingIsCountedOnce();
    }
  }

  @Test
  void severalLearnersFailingBetweenLearnAndPublish() throws Exception {
    severalLearnersFailing(Fault.BEFORE_PUBLISHING);
  }

  @Tag("faults")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BEFORE_PUBLISHING")
  void severalLearnersFailing(Fault fault) throws Exception {
    try (Loop loop = new Loop("shared-" + fault, 2, 2)) {
      loop.halfThenFail(fault);

      // The merged model says how many decisions are in it.
      assertThat(loop.finalModel()).isNotEmpty();
      loop.everythingIsCountedOnce();
    }
  }

  @Test
  void restoreWithAnotherNumberOfLearners() throws Exception {
    try (Loop one = new Loop("learners", 1)) {
      one.send(0);
      one.awaitLearned(HALF);
    }
    try (Loop two = new Loop("learners", 2, 2)) {
      two.awaitLearned(HALF);
      two.send(HALF);

      assertThat(two.finalModel()).isNotEmpty();
      two.everythingIsCountedOnce();
    }
  }

  /** One run of the job, in folders of its own, for a surface of its own. */
  private static final class Loop implements AutoCloseable {
    private final String surface;
    private final Surfaces surfaces;
    private final Path folder;
    private final EmbeddedFlink flink;
    private final long start;
    private final List<String> ids = new ArrayList<>();

    Loop(String surface, int parallelism) throws InterruptedException {
      this(surface, parallelism, 1);
    }

    Loop(String surface, int parallelism, int learners) throws InterruptedException {
      this.surface = surface;
      this.surfaces = new Surfaces(List.of(surface(surface, learners)));
      this.folder = directory.resolve(surface);
      long epoch = putInCharge(surface);
      this.start = START + epoch * BETWEEN_SURFACES.toMillis();
      this.flink =
          EmbeddedFlink.start(
              broker.bootstrapServers(),
              folder.resolve("flink"),
              folder.resolve("registry"),
              null,
              surfaces,
              List.of(
                  new Job(
                      "learning",
                      parallelism,
                      (environment, settings, all) ->
                          LearningJob.define(
                              environment,
                              settings.withEpoch(epoch),
                              all,
                              LearningCrashITCase::open))));
      for (int i = 0; ids.size() < 2 * HALF; i++) {
        // All of one subtask where there are two: what they hand on has one order.
        String key = RewardJoinFunction.key(surface, "d" + i);
        if (KeyGroupRangeAssignment.assignKeyToParallelOperator(
                key, JobEnvironment.MAX_PARALLELISM, 2)
            == 1) {
          ids.add("d" + i);
        }
      }
    }

    /** The jobs of one broker that do not go on from each other: an epoch each. */
    private static long putInCharge(String surface) {
      if (!EPOCHS.contains(surface)) {
        EPOCHS.add(surface);
        long epoch = EPOCHS.size();
        new BrokerClient(broker.bootstrapServers())
            .produce(
                Topics.CONTROL,
                Topics.writerEpochControlKey(epoch),
                Control.newBuilder()
                    .setCreatedMillis(System.currentTimeMillis())
                    .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch))
                    .build());
      }
      return EPOCHS.indexOf(surface) + 1L;
    }

    /** Sends half of the decisions, each second one with a reward. */
    void send(int first) throws Exception {
      long startMillis = first == 0 ? start : start + BETWEEN_HALVES.toMillis();
      for (int i = first; i < first + HALF; i++) {
        Random random = new Random(i);
        long timeMillis = startMillis + 10L * i;
        broker.produce(
            Topics.DECISIONS, timeMillis, decision(surface, ids.get(i), timeMillis, random));
        if (i % 2 == 0) {
          broker.produce(
              Topics.REWARDS,
              timeMillis + 5,
              Reward.newBuilder()
                  .setSurface(surface)
                  .setDecisionId(ids.get(i))
                  .setRewardId("r" + i)
                  .setEventTimeMillis(timeMillis + 5)
                  .setValue(random.nextInt(2))
                  .build());
        }
      }
      broker.flush();
    }

    /** Learns half, waits until a checkpoint knows it, and fails in the other half. */
    void halfThenFail(Fault fault) throws Exception {
      send(0);
      awaitLearned(HALF);
      int before = checkpoint();
      // The one that is under way may have begun before; the one after it has not.
      await(PATIENCE, "a checkpoint", () -> checkpoint() >= before + 2);
      COUNTDOWN.set(HALF / 2);
      FAULT.set(fault);
      send(HALF);
      await(PATIENCE, "the failure", () -> FAULT.get() == null);
    }

    private int checkpoint() {
      return Checkpoints.newest(folder.resolve("flink").resolve("checkpoints"), Job.LEARNING.id())
          .map(path -> Integer.parseInt(path.getFileName().toString().substring("chk-".length())))
          .orElse(0);
    }

    void awaitLearned(int decisions) {
      await(
          PATIENCE,
          decisions + " learned",
          () -> Math.round(count("learner_decisions_learned")) == decisions);
    }

    /** The newest version, once everything is learned. */
    ByteString finalModel() {
      awaitLearned(2 * HALF);
      ByteString[] model = {ByteString.EMPTY};
      await(
          PATIENCE,
          "the last version",
          () -> {
            ModelAssembler assembler = ModelChanges.assembler();
            for (ConsumerRecord<byte[], byte[]> record :
                new BrokerClient(broker.bootstrapServers()).records(Topics.MODELS)) {
              if (record.value() == null) {
                continue;
              }
              ModelSnapshot part = parse(record.value());
              if (part.getSurface().equals(surface)) {
                assembler
                    .offer(part)
                    .filter(version -> version.eventsLearned() == 2 * HALF)
                    .ifPresent(version -> model[0] = version.bytes());
              }
            }
            return !model[0].isEmpty();
          });
      return model[0];
    }

    void everythingIsCountedOnce() {
      assertThat(count("rewards_received")).isEqualTo(HALF);
      assertThat(count("rewards_received"))
          .isEqualTo(
              count("rewards_learned")
                  + count("rewards_waiting")
                  + count("rewards_late")
                  + count("rewards_duplicate")
                  + count("rewards_orphan")
                  + count("rewards_rejected"));
      assertThat(count("rewards_learned")).isEqualTo(HALF);
      assertThat(count("decisions_received")).isEqualTo(2 * HALF);
      assertThat(count("decisions_learned")).isEqualTo(2 * HALF);
      assertThat(count("learner_decisions_received")).isEqualTo(2 * HALF);
    }

    /** The version spans the failure: two attempts taught it. */
    void newestKeptVersionCanBeRebuilt() throws Exception {
      ModelRegistry registry = ModelRegistry.in(folder.resolve("registry"));
      await(
          PATIENCE,
          "all of it kept",
          () -> newest(registry).getLineage().getEventsLearned() == 2 * HALF);
      RegisteredModel newest = newest(registry);
      assertThat(newest.getLineage().getExamplesCount()).isEqualTo(2);

      RebuildReport report =
          new Rebuild(
                  registry,
                  new KafkaPastExamples(KafkaConnection.plain(broker.bootstrapServers())),
                  surfaces,
                  Learners::open,
                  (learned, total) -> {})
              .run(ModelName.of(newest.getLineage()));

      assertThat(report.outcome())
          .as(String.join("\n", report.lines()))
          .isEqualTo(RebuildReport.Outcome.EQUAL);
      assertThat(report.lines().get(0)).startsWith("200 examples learned again");
    }

    private RegisteredModel newest(ModelRegistry registry) {
      try {
        List<RegisteredModel> kept = registry.list(surface, "learner");
        return kept.isEmpty() ? RegisteredModel.getDefaultInstance() : kept.get(kept.size() - 1);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private double count(String name) {
      try {
        return MetricsPage.read(URI.create("http://127.0.0.1:" + flink.metricsPort() + "/metrics"))
            .sum("_surface_" + name, "surface", surface);
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      FAULT.set(null);
      flink.close();
    }
  }

  private static Surface surface(String name, int learners) {
    return Surface.of(
        SurfaceFiles.parse(
            """
            name: %s
            learners: %d
            livePolicy: learner
            policies:
              - name: learner
                vowpalWabbit:
                  arguments: --cb_explore_adf --epsilon 0.2 -b 12 -q ua
            reward:
              wait: 1s
              learnWhen: LEARN_WHEN_WINDOW_END
            """
                .formatted(name, learners)));
  }

  private static Decision decision(String surface, String id, long timeMillis, Random random) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setSurface(surface)
            .setDecisionId(id)
            .setEventTimeMillis(timeMillis)
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(
                        Feature.newBuilder()
                            .setName("who")
                            .setValue(FeatureValue.newBuilder().setText("u" + random.nextInt(5)))))
            .addOrder(random.nextInt(3))
            .setPropensity(0.25 + random.nextInt(3) / 4.0)
            .setPolicy("learner");
    for (String action : List.of("sport", "news", "art")) {
      decision.addActions(Action.newBuilder().setId(action));
    }
    return decision.build();
  }

  /** The real learners, and the failures in front of them. */
  private static Learner open(String arguments, byte @Nullable [] bytes, double minPropensity) {
    return new FaultyLearner(Learners.open(arguments, bytes, minPropensity), FAULTS);
  }

  private static ModelSnapshot parse(byte[] value) {
    try {
      return ModelSnapshot.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
