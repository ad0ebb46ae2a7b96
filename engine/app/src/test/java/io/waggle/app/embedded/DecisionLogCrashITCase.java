package io.waggle.app.embedded;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.embedded.EmbeddedFlink.Job;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.parquet.LogFilter;
import io.waggle.core.parquet.ParquetDecisionLog;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.LearningJob;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The learning job over real Kafka topics with a decision log whose files are ended every second,
 * failed while they are written: between records, in checkpoints, and by a stop of all and a
 * restart with another parallelism. What is in the finished files is every decision, once, with its
 * final reward, on a surface that learns when the window ends and on one that learns in stages.
 */
@Timeout(300)
class DecisionLogCrashITCase {
  private static final int BATCH = 120;
  private static final int BATCHES = 6;
  private static final List<String> SURFACES = List.of("at-the-end", "in-stages");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long START = System.currentTimeMillis() - Duration.ofHours(4).toMillis();

  /** Decisions to learn until the job fails; what is not positive never gets there. */
  private static final AtomicInteger COUNTDOWN = new AtomicInteger();

  private static final AtomicBoolean FAIL_CHECKPOINT = new AtomicBoolean();
  private static final AtomicInteger FAILURES = new AtomicInteger();

  private static final FaultyLearner.Faults FAULTS =
      new FaultyLearner.Faults() {
        @Override
        public void beforeLearning() {
          // Slow, so that files are ended while there is something to write.
          LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
          if (COUNTDOWN.get() > 0 && COUNTDOWN.decrementAndGet() == 0) {
            fail();
          }
        }

        @Override
        public void beforeModelBytes(boolean checkpoint) {
          if (checkpoint && FAIL_CHECKPOINT.compareAndSet(true, false)) {
            fail();
          }
        }

        private void fail() {
          FAILURES.incrementAndGet();
          throw new FaultyLearner.InjectedError();
        }
      };

  @TempDir static Path directory;
  private static LearningBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new LearningBroker(directory.resolve("kafka"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everyDecisionLearnedIsInTheFilesOnce() throws Exception {
    try (EmbeddedFlink flink = flink(1)) {
      send(0);
      awaitLearned(flink, BATCH);
      COUNTDOWN.set(BATCH / 2);
      send(1);
      awaitLearned(flink, 2 * BATCH);
      COUNTDOWN.set(BATCH / 3);
      send(2);
      awaitLearned(flink, 3 * BATCH);
      FAIL_CHECKPOINT.set(true);
      send(3);
      awaitLearned(flink, 4 * BATCH);
      assertThat(FAILURES.get()).isEqualTo(3);
      // Stopped while rows wait and files are under way.
      send(4);
    }
    try (EmbeddedFlink flink = flink(2)) {
      // Event time may have been saved before it came that far: the next batch moves it on.
      send(5);
      awaitLearned(flink, BATCHES * BATCH);
      await(
          PATIENCE,
          "all rows handed to the files",
          () -> sum(flink, "decision_log_rows") == SURFACES.size() * BATCHES * BATCH);

      await(PATIENCE, "all files", () -> rows().size() == SURFACES.size() * BATCHES * BATCH);

      for (String surface : SURFACES) {
        assertThat(count(flink, surface, "decision_log_rows"))
            .isEqualTo(count(flink, surface, "learner_decisions_received"))
            .isEqualTo(count(flink, surface, "decisions_learned"));
      }
      assertThat(sum(flink, "decision_log_waiting")).isZero();
      assertThat(sum(flink, "decision_log_incomplete")).isZero();
    }
    Map<String, JoinedDecision> rows = rows();
    for (String surface : SURFACES) {
      for (int i = 0; i < BATCHES * BATCH; i++) {
        JoinedDecision row = Objects.requireNonNull(rows.get(surface + "/d" + i));
        assertThat(row.getDecision().toBuilder().clearPosition().build())
            .isEqualTo(decision(surface, i));
        assertThat(row.getRewardCount()).isEqualTo(rewards(i));
        assertThat(row.getReward()).isEqualTo(0.25 * rewards(i));
      }
    }
  }

  /** By surface and id; fails when one is there twice. */
  private static Map<String, JoinedDecision> rows() {
    Map<String, JoinedDecision> rows = new HashMap<>();
    try (ParquetDecisionLog log =
        ParquetDecisionLog.open(directory.resolve("log"), LogFilter.ALL)) {
      for (LoggedDecision row = log.next(); row != null; row = log.next()) {
        Decision made = row.joined().getDecision();
        assertThat(rows.put(made.getSurface() + "/" + made.getDecisionId(), row.joined()))
            .as("%s twice", made.getDecisionId())
            .isNull();
      }
      assertThat(log.counts().bad()).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  private static EmbeddedFlink flink(int parallelism) throws InterruptedException {
    return EmbeddedFlink.start(
        broker.bootstrapServers(),
        directory.resolve("flink"),
        directory.resolve("registry"),
        DecisionLogSettings.in(directory.resolve("log").toUri()).every(Duration.ofSeconds(1)),
        new Surfaces(
            List.of(
                surface(SURFACES.get(0), "LEARN_WHEN_WINDOW_END"),
                surface(SURFACES.get(1), "LEARN_WHEN_REWARD"))),
        List.of(
            new Job(
                "learning",
                parallelism,
                (environment, settings, all) ->
                    LearningJob.define(environment, settings, all, DecisionLogCrashITCase::open))));
  }

  private static Surface surface(String name, String learnWhen) {
    return Surface.of(
        SurfaceFiles.parse(
            """
            name: %s
            livePolicy: learner
            policies:
              - name: learner
                vowpalWabbit:
                  arguments: --cb_explore_adf --epsilon 0.2 -b 10
            reward:
              wait: 2s
              learnWhen: %s
            """
                .formatted(name, learnWhen)));
  }

  /** A batch's decisions on both surfaces, with no, one or two rewards each; over two hours. */
  private static void send(int batch) throws Exception {
    for (int i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
      for (String surface : SURFACES) {
        Decision decision = decision(surface, i);
        broker.produce(Topics.DECISIONS, decision.getEventTimeMillis(), decision);
        for (int j = 0; j < rewards(i); j++) {
          long timeMillis = decision.getEventTimeMillis() + 5 + 1_000L * j;
          broker.produce(
              Topics.REWARDS,
              timeMillis,
              Reward.newBuilder()
                  .setSurface(surface)
                  .setDecisionId(decision.getDecisionId())
                  .setRewardId("r" + i + "-" + j)
                  .setEventTimeMillis(timeMillis)
                  .setValue(0.25)
                  .build());
        }
      }
    }
    broker.flush();
  }

  private static int rewards(int index) {
    return index % 3;
  }

  private static Decision decision(String surface, int index) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setSurface(surface)
            .setDecisionId("d" + index)
            .setEventTimeMillis(
                START + Duration.ofMinutes(20).toMillis() * (index / BATCH) + 10L * index)
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(
                        Feature.newBuilder()
                            .setName("who")
                            .setValue(FeatureValue.newBuilder().setText("u" + index % 5))))
            .addOrder(index % 3)
            .setPropensity(0.5)
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

  private static void awaitLearned(EmbeddedFlink flink, int decisions) {
    for (String surface : SURFACES) {
      await(
          PATIENCE,
          decisions + " learned of " + surface,
          () -> Math.round(count(flink, surface, "learner_decisions_learned")) == decisions);
    }
  }

  private static double sum(EmbeddedFlink flink, String name) {
    return SURFACES.stream().mapToDouble(surface -> count(flink, surface, name)).sum();
  }

  private static double count(EmbeddedFlink flink, String surface, String name) {
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
}
