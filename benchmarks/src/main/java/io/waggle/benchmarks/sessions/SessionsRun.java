package io.waggle.benchmarks.sessions;

import io.waggle.app.embedded.EmbeddedKafka;
import io.waggle.app.embedded.EmbeddedTopics;
import io.waggle.benchmarks.loop.InteractionWriter;
import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.ProcessProfile;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TopicCounts;
import io.waggle.benchmarks.loop.Visitors;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.job.SessionJob;
import io.waggle.state.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The session job and the least job in turns over the same interactions, from a real broker and to
 * it, in this JVM. First every user comes once, so that both hold state of all; that is their
 * warm-up, too. Then come rounds of interactions whose users are drawn by Zipf's law. A round is
 * read by one job and then by the other; who is first changes from round to round. A job goes on
 * from its checkpoint, and its first tenth of a round is not measured. One thread.
 */
final class SessionsRun implements AutoCloseable {
  private static final long LOOK_MILLIS = 5;
  private static final double NOT_MEASURED = 0.1;
  private static final int OUTPUT_BYTES_KEPT = 256 << 20;
  private static final long STALLED_NANOS = Duration.ofMinutes(5).toNanos();
  private static final long SEED = 5;

  /**
   * What to run.
   *
   * @param parallelism subtasks per operator
   * @param exponent of Zipf's law
   * @param rounds each read by both jobs
   * @param interactions of a round
   * @param managedMegabytes of RocksDB, all subtasks together
   */
  record Plan(
      int users,
      int parallelism,
      double exponent,
      int rounds,
      int interactions,
      int managedMegabytes) {
    Plan {
      require("users", users, 1);
      require("parallelism", parallelism, 1);
      require("rounds", rounds, 1);
      require("interactions", interactions, 100);
      require("managed-megabytes", managedMegabytes, 32);
    }

    private static void require(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: at least " + least + ")");
      }
    }
  }

  private final Plan plan;
  private final Progress progress;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final TopicCounts counts;
  private final InteractionWriter writer;
  private final LocalFlink flink;
  private final JobSettings settings;
  private final Visitors visitors;
  private final Contender session;
  private final Contender least;

  /**
   * Starts broker and cluster.
   *
   * @param surface whose sessions are folded; what it pushes is part of what is measured
   */
  SessionsRun(Plan plan, Surface surface, Path directory, Progress progress) throws Exception {
    this.plan = plan;
    this.progress = progress;
    EmbeddedKafka kafka = opened(EmbeddedKafka.start(directory.resolve("kafka")));
    EmbeddedTopics.create(kafka.bootstrapServers());
    counts = opened(new TopicCounts(kafka.bootstrapServers()));
    counts.create(LeastJob.TOPIC, EmbeddedTopics.PARTITIONS);
    counts.keepOnly(Topics.SESSIONS, OUTPUT_BYTES_KEPT);
    counts.keepOnly(LeastJob.TOPIC, OUTPUT_BYTES_KEPT);
    writer = opened(new InteractionWriter(kafka.bootstrapServers()));
    flink =
        opened(
            LocalFlink.start(
                directory.resolve("flink"), plan.parallelism(), plan.managedMegabytes()));
    settings =
        JobSettings.of(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toAbsolutePath().toUri())
            .withParallelism(plan.parallelism());
    visitors =
        new Visitors(
            surface.name(),
            plan.users(),
            plan.exponent(),
            SEED,
            System.currentTimeMillis() - Duration.ofHours(12).toMillis());
    Surfaces surfaces = new Surfaces(List.of(surface));
    session =
        new Contender(
            "session job",
            Topics.SESSIONS,
            "fold sessions",
            environment -> SessionJob.define(environment, settings, surfaces));
    SessionSizes sizes = SessionSizes.folded(surface.session());
    least =
        new Contender(
            "least job",
            LeastJob.TOPIC,
            LeastJob.OPERATOR,
            environment -> LeastJob.define(environment, settings, sizes));
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** Both jobs after their turns: the session job, the least job. */
  List<Contender> run() throws Exception {
    fill();
    for (int round = 1; round <= plan.rounds(); round++) {
      write(round + " of " + plan.rounds());
      for (Contender contender :
          round % 2 == 0 ? List.of(least, session) : List.of(session, least)) {
        Contender.Turn turn = turn(contender, plan.interactions(), null);
        contender.add(turn);
        progress.say(
            String.format(
                "round %d of %d, %s: %,.0f interactions/s, %,.0f by processor time",
                round,
                plan.rounds(),
                contender.name(),
                turn.perSecond(),
                turn.perProcessorSecond()));
      }
    }
    // In a round of its own: looking at stacks takes time.
    write("for the profile");
    for (Contender contender : List.of(session, least)) {
      turn(contender, plan.interactions(), new ProcessProfile(contender.threads()));
    }
    return List.of(session, least);
  }

  private void fill() throws Exception {
    List<Integer> users = new ArrayList<>();
    for (int user = 0; user < plan.users(); user++) {
      users.add(user);
    }
    Collections.shuffle(users, new Random(SEED));
    progress.begin("every user comes once", users.size());
    for (int i = 0; i < users.size(); i++) {
      writer.write(visitors.of(users.get(i)));
      progress.done(i + 1);
    }
    writer.flush();
    turn(session, users.size(), null);
    turn(least, users.size(), null);
  }

  private void write(String round) {
    progress.begin("writing round " + round, plan.interactions());
    for (int i = 0; i < plan.interactions(); i++) {
      writer.write(visitors.next());
      progress.done(i + 1);
    }
    writer.flush();
  }

  private Contender.Turn turn(
      Contender contender, int interactions, @Nullable ProcessProfile profile) throws Exception {
    long before = counts.count(contender.output());
    StreamExecutionEnvironment environment =
        new StreamExecutionEnvironment(JobEnvironment.configuration(settings));
    contender.define(environment);
    JobID job = flink.submit(contender.name(), environment, contender.checkpoint());
    progress.begin(contender.name(), interactions);
    long first = await(contender, before, (long) (interactions * NOT_MEASURED));
    if (profile != null) {
      profile.start();
    }
    long startNanos = System.nanoTime();
    long startProcessor = ProcessProfile.processNanos();
    long measured = await(contender, before, interactions) - first;
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double processorSeconds = (ProcessProfile.processNanos() - startProcessor) / 1e9;
    if (profile != null) {
      if (measured == 0) {
        throw new IllegalStateException(
            contender.name() + " wrote all at once (expected: more interactions, to be profiled)");
      }
      contender.profiled(
          profile.stop().stream()
              .map(
                  part ->
                      new ProcessProfile.Part(
                          part.threads(), part.step(), part.seconds() / measured))
              .toList());
    }
    contender.stoppedAt(flink.stop(job));
    long written = counts.count(contender.output()) - before;
    if (written != interactions) {
      throw new IllegalStateException(
          "%s wrote %d records for %d interactions"
              .formatted(contender.name(), written, interactions));
    }
    return new Contender.Turn(measured / seconds, measured / processorSeconds);
  }

  /** Waits until at least so many more than before have come out; how many there are then. */
  private long await(Contender contender, long before, long wanted) throws Exception {
    long done = counts.count(contender.output()) - before;
    long changedNanos = System.nanoTime();
    while (done < wanted) {
      Thread.sleep(LOOK_MILLIS);
      long now = counts.count(contender.output()) - before;
      if (now > done) {
        changedNanos = System.nanoTime();
      } else if (System.nanoTime() - changedNanos > STALLED_NANOS) {
        throw new IllegalStateException(contender.name() + " stands still at " + done);
      }
      done = now;
      progress.done(done);
    }
    return done;
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
