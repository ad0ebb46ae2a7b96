package io.waggle.app.embedded;

import io.waggle.core.surface.Surfaces;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Broker and one of the jobs alone in this JVM: for logs that are read and not served. Records are
 * kept whatever their age. Start and close from one thread.
 */
public final class EmbeddedJob implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final EmbeddedKafka kafka;
  private final EmbeddedFlink flink;

  private EmbeddedJob(
      Path directory,
      Surfaces surfaces,
      EmbeddedFlink.Job job,
      Consumer<String> topics,
      Consumer<String> progress)
      throws InterruptedException {
    try {
      parts.push(DirectoryLock.take(directory));
      progress.accept("starting Kafka");
      kafka = EmbeddedKafka.start(directory.resolve("kafka"));
      parts.push(kafka);
      topics.accept(kafka.bootstrapServers());
      progress.accept("starting the " + job.name() + " job");
      flink =
          EmbeddedFlink.start(
              kafka.bootstrapServers(),
              directory.resolve("flink"),
              directory.resolve(EmbeddedWaggle.REGISTRY),
              null,
              surfaces,
              List.of(job));
      parts.push(flink);
    } catch (InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts broker and learning job; returns when the job runs.
   *
   * @throws IllegalStateException when a part does not start
   */
  public static EmbeddedJob learning(Path directory, Surfaces surfaces, Consumer<String> progress)
      throws InterruptedException {
    return new EmbeddedJob(
        directory,
        surfaces,
        EmbeddedFlink.Job.LEARNING,
        EmbeddedTopics::createForOneReader,
        progress);
  }

  /**
   * Starts broker and session job; returns when the job runs.
   *
   * @param parallelism subtasks per operator
   * @throws IllegalStateException when a part does not start
   */
  public static EmbeddedJob session(
      Path directory, Surfaces surfaces, int parallelism, Consumer<String> progress)
      throws InterruptedException {
    EmbeddedFlink.Job job =
        new EmbeddedFlink.Job(
            EmbeddedFlink.Job.SESSION.name(), parallelism, EmbeddedFlink.Job.SESSION.definition());
    return new EmbeddedJob(directory, surfaces, job, EmbeddedTopics::createForOldTimes, progress);
  }

  /** The broker, as {@code host:port}. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Completes exceptionally, with the reason, when the job has ended by itself. */
  public CompletableFuture<Void> failure() {
    return flink.failure();
  }

  @Override
  public void close() {
    Parts.close(parts);
  }
}
