package io.waggle.app.replay;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.util.Durations;
import io.waggle.app.embedded.EmbeddedJob;
import io.waggle.app.embedded.EmbeddedKafka;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.EvaluationConfig;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a log through the topics and the learning job of an embedded loop and takes the policies'
 * values from the job's own evaluations. Every row becomes a decision and a reward (0 too: an old
 * log's event time moves by its records alone). One thread.
 */
public final class Replay {
  /** The policy that is always there. */
  public static final String UNIFORM = "uniform";

  /**
   * Rows sent and not yet evaluated: at most this many, so that the broker's disk holds a part of
   * the log only and not the whole of it.
   */
  private static final long ROWS_AHEAD_MAX = 50_000;

  /** So long without an evaluation means that something is wrong. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Estimates are of the log as it is. */
  private static final double NO_CAP = 1e300;

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int ROWS_PER_LOOK = 256;

  /**
   * What to replay.
   *
   * @param directory of the data set
   * @param log folder of the log in it, for example {@code random} or {@code bts}
   * @param campaign folder of the campaign; null: the only one
   * @param candidates policies besides uniform
   * @param rewardsBy context feature by which, with the action, rewards are counted beforehand for
   *     the doubly robust estimate; empty: by action alone; null: they are learned online
   */
  public record Plan(
      Path directory,
      String log,
      @Nullable String campaign,
      List<PolicyConfig> candidates,
      @Nullable String rewardsBy) {
    public Plan {
      candidates = List.copyOf(candidates);
    }
  }

  private final Plan plan;
  private final LiveScreen screen;
  private final Map<String, Long> badRows = new TreeMap<>();
  private final AtomicReference<Exception> sendFailure = new AtomicReference<>();
  private final long startNanos = System.nanoTime();
  private long rows;
  private long sent;

  private Replay(Plan plan, LiveScreen screen) {
    this.plan = plan;
    this.screen = screen;
  }

  /**
   * Replays to the end.
   *
   * @param data directory for the embedded loop; empty or not there yet
   * @throws IllegalArgumentException when the plan names what is not there
   * @throws IllegalStateException when the job stops, or falls silent for a minute
   */
  public static ReplayReport run(Plan plan, Path data, LiveScreen screen, Consumer<String> progress)
      throws IOException, InterruptedException {
    OpenBanditLog.Campaign campaign =
        OpenBanditLog.find(plan.directory(), plan.log(), plan.campaign());
    progress.accept("counting rows");
    long total = OpenBanditLog.rowCount(campaign);
    Surface surface = Surface.of(surface(campaign, plan));
    try (OpenBanditLog log = OpenBanditLog.open(surface.name(), plan.log(), campaign);
        EmbeddedJob loop = EmbeddedJob.learning(data, new Surfaces(List.of(surface)), progress)) {
      return new Replay(plan, screen).run(log, total, loop, surface);
    }
  }

  private static SurfaceConfig surface(OpenBanditLog.Campaign campaign, Plan plan)
      throws IOException {
    return SurfaceConfig.newBuilder()
        .setName(campaign.name())
        .setLivePolicy(UNIFORM)
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName(UNIFORM)
                .setUniform(UniformPolicy.getDefaultInstance()))
        .addAllPolicies(plan.candidates())
        // Estimates are of the log as it is; a tiny propensity is a large weight and no mistake.
        .setMinPropensity(1e-9)
        // A row holds its reward: nothing is to be waited for.
        .setReward(RewardConfig.newBuilder().setWait(Durations.fromMillis(1)))
        .setEvaluation(evaluation(campaign, plan))
        .build();
  }

  private static EvaluationConfig evaluation(OpenBanditLog.Campaign campaign, Plan plan)
      throws IOException {
    EvaluationConfig.Builder evaluation = EvaluationConfig.newBuilder().setWeightCap(NO_CAP);
    if (plan.rewardsBy() != null) {
      try (OpenBanditLog log = OpenBanditLog.open(campaign.name(), plan.log(), campaign)) {
        evaluation.setExpectedRewards(CountedRewards.of(log, plan.rewardsBy()));
      }
    }
    return evaluation.build();
  }

  private ReplayReport run(OpenBanditLog log, long total, EmbeddedJob loop, Surface surface)
      throws IOException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer = producer(loop.bootstrapServers());
        EvaluationReader evaluations =
            new EvaluationReader(loop.bootstrapServers(), surface.policies().size())) {
      boolean more = true;
      while (more) {
        more = send(log, producer);
        look(evaluations, loop, total, Duration.ZERO);
        while (sent - evaluations.evaluated() > ROWS_AHEAD_MAX) {
          look(evaluations, loop, total, POLL);
        }
      }
      producer.flush();
      while (evaluations.evaluated() < sent) {
        look(evaluations, loop, total, POLL);
      }
      return new ReplayReport(
          plan.log(),
          surface.name(),
          rows,
          sent,
          badRows,
          evaluations.deadLetters(),
          surface.policies().stream().map(policy -> evaluations.newest(policy.getName())).toList(),
          seconds());
    }
  }

  /** Sends some rows; false at the log's end. */
  private boolean send(OpenBanditLog log, KafkaProducer<byte[], byte[]> producer)
      throws IOException {
    for (int i = 0; i < ROWS_PER_LOOK; i++) {
      try {
        OpenBanditLog.LoggedRow row = log.next();
        if (row == null) {
          return false;
        }
        rows++;
        send(
            producer,
            Topics.DECISIONS,
            row.decision().getDecisionId(),
            row.decision().getEventTimeMillis(),
            row.decision());
        send(
            producer,
            Topics.REWARDS,
            row.reward().getDecisionId(),
            row.reward().getEventTimeMillis(),
            row.reward());
        sent++;
      } catch (BadRowException e) {
        rows++;
        badRows.merge(String.valueOf(e.getMessage()), 1L, Long::sum);
      }
    }
    return true;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes the failure
  private void send(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      String key,
      long timeMillis,
      MessageLite message) {
    producer.send(
        new ProducerRecord<>(
            topic, null, timeMillis, key.getBytes(StandardCharsets.UTF_8), message.toByteArray()),
        (metadata, failure) -> {
          if (failure != null) {
            sendFailure.compareAndSet(null, failure);
          }
        });
  }

  private void look(EvaluationReader evaluations, EmbeddedJob loop, long total, Duration atMost)
      throws InvalidProtocolBufferException {
    if (loop.failure().isCompletedExceptionally()) {
      loop.failure().join();
    }
    Exception failure = sendFailure.get();
    if (failure != null) {
      throw new IllegalStateException("cannot write to the embedded broker", failure);
    }
    evaluations.poll(atMost);
    if (evaluations.silent().compareTo(PATIENCE) > 0 && sent > evaluations.evaluated()) {
      throw new IllegalStateException(
          "no evaluation for %d s: %d of %d rows evaluated"
              .formatted(PATIENCE.toSeconds(), evaluations.evaluated(), sent));
    }
    long done = evaluations.evaluated();
    double rate = done / seconds();
    String line =
        String.format(
            Locale.ROOT,
            "%3.0f %%  %d of %d rows evaluated  %.0f rows/s  %s left  %d bad",
            total == 0 ? 100.0 : 100.0 * (done + bad()) / total,
            done,
            total,
            rate,
            rate == 0 ? "-" : "%.0f s".formatted((total - bad() - done) / rate),
            bad());
    screen.show(List.of(line), line, System.nanoTime());
  }

  private long bad() {
    return badRows.values().stream().mapToLong(Long::longValue).sum();
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "acks",
            "all",
            "max.request.size",
            EmbeddedKafka.RECORD_BYTES_MAX,
            "batch.size",
            256 << 10,
            "linger.ms",
            5),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
