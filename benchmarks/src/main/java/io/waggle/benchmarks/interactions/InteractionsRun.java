package io.waggle.benchmarks.interactions;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.embedded.EmbeddedTopics;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.OpenLoop;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TopicCounts;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.RankRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The whole loop in this JVM, and beside it, on the same broker, a job that hands records on. At
 * each rate the three take turns. One thread sends.
 */
final class InteractionsRun implements AutoCloseable {
  private static final int RECORD_BYTES = 200;
  private static final int USERS = 2_000;
  private static final long PATIENCE_SECONDS = 20;

  /** What is measured. */
  enum Way {
    FLOOR("Kafka, Flink, Kafka"),
    INTERACTION("interaction to the Rank that knows it"),
    REQUEST("rank-request to its ranking");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * What was seen of a way at a rate.
   *
   * @param delays nanoseconds from due to seen, all turns together
   * @param failed what was not seen at all
   */
  record Seen(Way way, int rate, Histogram delays, long failed) {
    Seen and(Seen later) {
      Histogram both = delays.copy();
      both.add(later.delays);
      return new Seen(way, rate, both, failed + later.failed);
    }

    double millis(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private final Progress progress;
  private final Surface surface;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final TopicProbe floor;
  private final TopicProbe requests;
  private final RankProbe ranks;
  private long sent;

  /** Starts everything; its first surface is ranked for. */
  InteractionsRun(Surfaces surfaces, Path directory, Progress progress) throws Exception {
    this.progress = progress;
    this.surface = surfaces.all().get(0);
    EmbeddedWaggle waggle =
        opened(
            EmbeddedWaggle.start(
                EmbeddedWaggle.Settings.in(directory.resolve("loop")), surfaces, progress::say));
    startFloor(waggle.bootstrapServers(), directory);
    floor =
        opened(
            new TopicProbe(
                waggle.bootstrapServers(),
                FloorJob.OUT,
                record -> new String(record.key(), StandardCharsets.UTF_8)));
    requests =
        opened(
            new TopicProbe(
                waggle.bootstrapServers(), Topics.RANKINGS, InteractionsRun::decisionId));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", waggle.port()).usePlaintext().build();
    parts.push(channel::shutdownNow);
    ranks = opened(new RankProbe(channel, surface.name()));
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private void startFloor(String bootstrapServers, Path directory) throws Exception {
    try (TopicCounts topics = new TopicCounts(bootstrapServers)) {
      topics.create(FloorJob.IN, EmbeddedTopics.PARTITIONS);
      topics.create(FloorJob.OUT, EmbeddedTopics.PARTITIONS);
    }
    LocalFlink flink = opened(LocalFlink.start(directory.resolve("floor"), 1, 32));
    JobSettings settings =
        JobSettings.of(
            bootstrapServers, directory.resolve("floor-checkpoints").toAbsolutePath().toUri());
    StreamExecutionEnvironment environment =
        new StreamExecutionEnvironment(JobEnvironment.configuration(settings));
    FloorJob.define(environment, settings);
    flink.submit("floor", environment, null);
  }

  private static String decisionId(ConsumerRecord<byte[], byte[]> record) {
    try {
      return WatchRankingsResponse.parseFrom(record.value()).getRanking().getDecisionId();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a ranking that is none", e);
    }
  }

  /** All ways once at this rate, unmeasured. */
  void warmUp(int rate, int seconds) throws Exception {
    for (Way way : Way.values()) {
      turn(way, rate, seconds, "warming up, ");
    }
  }

  /** All ways at this rate in turns. */
  List<Seen> measure(int rate, int seconds, int turns) throws Exception {
    Map<Way, Seen> all = new EnumMap<>(Way.class);
    for (int turn = 1; turn <= turns; turn++) {
      for (Way way : Way.values()) {
        Seen seen = turn(way, rate, seconds, "turn " + turn + " of " + turns + ", ");
        all.merge(way, seen, Seen::and);
      }
    }
    return List.copyOf(all.values());
  }

  private Seen turn(Way way, int rate, int seconds, String prefix) throws Exception {
    Arrivals arrivals = new Arrivals();
    progress.begin(prefix + way.text() + ", " + rate + "/s", (long) rate * seconds);
    OpenLoop.run(
        rate,
        seconds,
        (number, dueNanos) -> {
          switch (way) {
            case FLOOR -> handOn(dueNanos, arrivals);
            case INTERACTION -> ranks.send(rate, dueNanos, arrivals);
            case REQUEST -> ask(dueNanos, arrivals);
          }
          progress.done(number + 1);
        });
    arrivals.finish(PATIENCE_SECONDS);
    return new Seen(way, rate, arrivals.delays(), arrivals.failures());
  }

  private void handOn(long dueNanos, Arrivals arrivals) {
    String id = "floor-" + sent++;
    floor.into(arrivals);
    floor.send(
        id,
        dueNanos,
        new ProducerRecord<>(
            FloorJob.IN, id.getBytes(StandardCharsets.UTF_8), new byte[RECORD_BYTES]));
  }

  private void ask(long dueNanos, Arrivals arrivals) {
    String id = "asked-" + sent++;
    String userId = "asking-" + sent % USERS;
    requests.into(arrivals);
    requests.send(
        id,
        dueNanos,
        new ProducerRecord<>(
            Topics.RANK_REQUESTS,
            userId.getBytes(StandardCharsets.UTF_8),
            RankRequest.newBuilder()
                .setDecisionId(id)
                .setSurface(surface.name())
                .setUserId(userId)
                // Never shown: nobody learns from it.
                .setDeferred(true)
                .build()
                .toByteArray()));
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
