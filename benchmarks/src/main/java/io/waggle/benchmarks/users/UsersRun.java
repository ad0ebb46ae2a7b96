package io.waggle.benchmarks.users;

import io.waggle.app.embedded.EmbeddedKafka;
import io.waggle.app.embedded.EmbeddedTopics;
import io.waggle.app.report.MetricsPage;
import io.waggle.benchmarks.loop.InteractionWriter;
import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TopicCounts;
import io.waggle.benchmarks.loop.Visitors;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.job.SessionJob;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The session job as it is deployed, fed through a broker in this JVM until it holds all users;
 * then some users change and a checkpoint is taken, by how many changed; then it is restored, and
 * what it answers is compared with what was sent. Checkpoints come only when asked for. One thread.
 */
final class UsersRun implements AutoCloseable {
  /** What is written ahead of the job: less than the broker keeps. */
  private static final int AHEAD = 500_000;

  private static final int LOOK_EVERY = 20_000;
  private static final long LOOK_MILLIS = 20;
  private static final int TOPIC_BYTES_KEPT = 256 << 20;
  private static final int ASKED_AFTER_RESTORE = 1_000;

  /** Flink asks RocksDB for its figures every five seconds. */
  private static final long METRICS_MILLIS = 7_000;

  private static final long STALLED_NANOS = Duration.ofMinutes(5).toNanos();

  /** Larger than any number of users and prime: its multiples visit all users in a mixed order. */
  private static final long STRIDE = 2_147_483_647L;

  /**
   * What to run.
   *
   * @param interactions of each user, one behind the other
   * @param parallelism subtasks per operator
   * @param managedMegabytes of RocksDB, all subtasks together
   * @param changes shares of the users, each in [0, 1]
   * @param repeats checkpoints for each share
   */
  record Plan(
      int users,
      int interactions,
      int parallelism,
      int managedMegabytes,
      List<Double> changes,
      int repeats) {
    Plan {
      changes = List.copyOf(changes);
      require("users", users, 1);
      require("interactions", interactions, 1);
      require("parallelism", parallelism, 1);
      require("managed-megabytes", managedMegabytes, 32);
      require("repeats", repeats, 1);
      if (changes.stream().anyMatch(share -> !(share >= 0 && share <= 1))) {
        throw new IllegalArgumentException("changes: " + changes + " (expected: each in [0, 1])");
      }
    }

    private static void require(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: at least " + least + ")");
      }
    }
  }

  /** A checkpoint after so many users changed. */
  record Change(double share, long users, LocalFlink.Checkpoint checkpoint) {}

  /**
   * What came of it.
   *
   * @param fillSeconds until all users were there
   * @param first the checkpoint of everything
   * @param filled memory before it
   * @param end memory after all changes
   * @param restoreMillis from submitted to all tasks running
   * @param answeredMillis from submitted to the first interaction folded
   * @param wrong users of those asked after the restore whose session was not what was sent
   */
  record Result(
      double fillSeconds,
      LocalFlink.Checkpoint first,
      Memory filled,
      List<Change> changes,
      Memory end,
      long restoreMillis,
      long answeredMillis,
      int asked,
      int wrong) {}

  private final Plan plan;
  private final Progress progress;
  private final Surface surface;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final EmbeddedKafka kafka;
  private final TopicCounts counts;
  private final InteractionWriter writer;
  private final LocalFlink flink;
  private final Path directory;
  private final Visitors visitors;

  /** Interactions sent of each user, modulo 2^16. */
  private final short[] sentByUser;

  private long sent;

  /** What had been sent when the step that progress tells of began. */
  private long sentBefore;

  /** Starts broker and cluster. */
  UsersRun(Plan plan, Surface surface, Path directory, Progress progress) throws Exception {
    this.plan = plan;
    this.surface = surface;
    this.directory = directory;
    this.progress = progress;
    this.sentByUser = new short[plan.users()];
    kafka = opened(EmbeddedKafka.start(directory.resolve("kafka")));
    EmbeddedTopics.create(kafka.bootstrapServers());
    counts = opened(new TopicCounts(kafka.bootstrapServers()));
    counts.keepOnly(Topics.INTERACTIONS, TOPIC_BYTES_KEPT);
    counts.keepOnly(Topics.SESSIONS, TOPIC_BYTES_KEPT);
    writer = opened(new InteractionWriter(kafka.bootstrapServers()));
    flink =
        opened(
            LocalFlink.start(
                directory.resolve("flink"), plan.parallelism(), plan.managedMegabytes()));
    visitors =
        new Visitors(
            surface.name(), 1, 0, 7, System.currentTimeMillis() - Duration.ofDays(1).toMillis());
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  Result run() throws Exception {
    JobID job = submit(null);
    double fillSeconds = fill();
    Memory filled = memory();
    LocalFlink.Checkpoint first = flink.checkpoint(job);
    progress.say(
        String.format("the first checkpoint: %,d ms, %,d MB", first.millis(), first.bytes() >> 20));
    List<Change> changes = new ArrayList<>();
    for (double share : plan.changes()) {
      for (int i = 0; i < plan.repeats(); i++) {
        changes.add(change(job, share));
      }
    }
    Memory end = memory();
    LocalFlink.Checkpoint last = flink.stop(job);
    return restore(fillSeconds, first, filled, changes, end, last);
  }

  /** RocksDB has no keys until Flink has asked it for their number, though all users are in it. */
  private Memory memory() throws Exception {
    long startNanos = System.nanoTime();
    Memory memory;
    do {
      Thread.sleep(METRICS_MILLIS);
      memory = Memory.now(MetricsPage.read(flink.metrics()));
    } while (memory.keys() == 0 && System.nanoTime() - startNanos < STALLED_NANOS);
    return memory;
  }

  private JobID submit(LocalFlink.@Nullable Checkpoint checkpoint) throws Exception {
    JobSettings settings =
        JobSettings.of(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toAbsolutePath().toUri())
            .withParallelism(plan.parallelism());
    Configuration configuration = JobEnvironment.configuration(settings);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
    Memory.watch(configuration);
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    SessionJob.define(environment, settings, new Surfaces(List.of(surface)));
    return flink.submit("session job", environment, checkpoint);
  }

  private double fill() throws Exception {
    long startNanos = System.nanoTime();
    progress.begin(
        "users with " + plan.interactions() + " interactions each",
        (long) plan.users() * plan.interactions());
    for (long i = 0; i < plan.users(); i++) {
      int user = (int) (i * STRIDE % plan.users());
      for (int j = 0; j < plan.interactions(); j++) {
        write(user);
      }
    }
    awaitAll();
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private Change change(JobID job, double share) throws Exception {
    long users = Math.round(share * plan.users());
    sentBefore = sent;
    progress.begin(String.format("%.4g %% of the users change", 100 * share), users);
    // Begins elsewhere each time, so that not the same users change.
    long begin = sent * 31;
    for (long i = 0; i < users; i++) {
      write((int) ((begin + i) * STRIDE % plan.users()));
    }
    awaitAll();
    LocalFlink.Checkpoint checkpoint = flink.checkpoint(job);
    progress.say(
        String.format(
            "%,d users changed: %,d ms, %,.1f MB new of %,d MB",
            users,
            checkpoint.millis(),
            checkpoint.newBytes() / 1048576.0,
            checkpoint.bytes() >> 20));
    return new Change(share, users, checkpoint);
  }

  private void write(int user) throws Exception {
    writer.write(visitors.of(user));
    sentByUser[user]++;
    sent++;
    if (sent % LOOK_EVERY == 0) {
      await(sent - AHEAD);
    }
  }

  private void awaitAll() throws Exception {
    writer.flush();
    await(sent);
  }

  /** Waits until the job has folded that many since its start. */
  private void await(long wanted) throws Exception {
    long done = counts.count(Topics.SESSIONS);
    long changedNanos = System.nanoTime();
    while (done < wanted) {
      Thread.sleep(LOOK_MILLIS);
      long now = counts.count(Topics.SESSIONS);
      if (now > done) {
        changedNanos = System.nanoTime();
      } else if (System.nanoTime() - changedNanos > STALLED_NANOS) {
        throw new IllegalStateException("the job stands still at " + done);
      }
      done = now;
      progress.done(Math.max(0, done - sentBefore));
    }
  }

  private Result restore(
      double fillSeconds,
      LocalFlink.Checkpoint first,
      Memory filled,
      List<Change> changes,
      Memory end,
      LocalFlink.Checkpoint last)
      throws Exception {
    int asked = Math.min(ASKED_AFTER_RESTORE, plan.users());
    progress.begin("restoring, then one interaction each of users", asked);
    for (int i = 0; i < asked; i++) {
      write((int) ((long) i * STRIDE % plan.users()));
    }
    writer.flush();
    try (KafkaConsumer<byte[], byte[]> sessions = sessionsFromNowOn()) {
      long startNanos = System.nanoTime();
      JobID job = submit(last);
      long restoreMillis = (System.nanoTime() - startNanos) / 1_000_000;
      Map<String, Long> versions = new HashMap<>();
      long answeredMillis = 0;
      while (versions.size() < asked) {
        for (ConsumerRecord<byte[], byte[]> record : sessions.poll(Duration.ofMillis(100))) {
          answeredMillis =
              answeredMillis == 0 ? (System.nanoTime() - startNanos) / 1_000_000 : answeredMillis;
          Session session = Session.parseFrom(record.value());
          versions.put(session.getUserId(), session.getVersion());
        }
        progress.done(versions.size());
        if (System.nanoTime() - startNanos > STALLED_NANOS) {
          throw new IllegalStateException(versions.size() + " of " + asked + " users answer");
        }
      }
      flink.cancel(job);
      return new Result(
          fillSeconds,
          first,
          filled,
          changes,
          end,
          restoreMillis,
          answeredMillis,
          asked,
          wrong(versions));
    }
  }

  private int wrong(Map<String, Long> versions) {
    int wrong = 0;
    for (Map.Entry<String, Long> version : versions.entrySet()) {
      int user = Integer.parseInt(version.getKey().substring(Visitors.USER_PREFIX.length()));
      wrong += version.getValue().shortValue() == sentByUser[user] ? 0 : 1;
    }
    return wrong;
  }

  private KafkaConsumer<byte[], byte[]> sessionsFromNowOn() {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.SESSIONS).stream()
            .map(partition -> new TopicPartition(Topics.SESSIONS, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
