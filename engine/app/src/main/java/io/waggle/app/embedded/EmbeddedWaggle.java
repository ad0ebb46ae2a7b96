package io.waggle.app.embedded;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerFigures;
import io.waggle.server.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole loop in this JVM: broker, topics, both jobs, ranking service, in this order; closed in
 * reverse. Everything it must remember is under one directory, so that another start, also after a
 * kill, goes on where this one stopped. Start and close from one thread.
 */
public final class EmbeddedWaggle implements AutoCloseable {
  /** The folder of the data directory that holds the model registry. */
  static final String REGISTRY = "registry";

  /** How long a decision waits for its file: whoever tries Waggle looks at once. */
  private static final Duration LOG_ROLL_EVERY = Duration.ofSeconds(10);

  private static final Duration READY_PATIENCE = Duration.ofMinutes(2);

  /**
   * Where and how it runs.
   *
   * @param directory its data; one process at a time
   * @param host address the service listens on
   * @param port the service's port; 0: any free one
   * @param kafkaPort the broker's port on the loopback interface; 0: any free one
   * @param decisionLog directory of the decision log; null: none is written
   */
  public record Settings(
      Path directory, String host, int port, int kafkaPort, @Nullable Path decisionLog) {
    /** On the loopback interface, at free ports, without a decision log. */
    public static Settings in(Path directory) {
      return new Settings(directory, "127.0.0.1", 0, 0, null);
    }

    private @Nullable DecisionLogSettings log() {
      return decisionLog == null
          ? null
          : DecisionLogSettings.in(decisionLog.toAbsolutePath().toUri()).every(LOG_ROLL_EVERY);
    }
  }

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final EmbeddedKafka kafka;
  private final EmbeddedFlink flink;
  private final RankingServer server;

  private EmbeddedWaggle(Settings settings, Surfaces surfaces, Consumer<String> progress)
      throws InterruptedException {
    Path directory = settings.directory();
    try {
      parts.push(DirectoryLock.take(directory));
      progress.accept("starting Kafka");
      kafka = EmbeddedKafka.start(directory.resolve("kafka"), settings.kafkaPort());
      parts.push(kafka);
      EmbeddedTopics.create(kafka.bootstrapServers());
      progress.accept("starting the jobs");
      flink =
          EmbeddedFlink.start(
              kafka.bootstrapServers(),
              directory.resolve("flink"),
              directory.resolve(REGISTRY),
              settings.log(),
              surfaces,
              List.of(EmbeddedFlink.Job.SESSION, EmbeddedFlink.Job.LEARNING));
      parts.push(flink);
      progress.accept("starting the ranking service");
      server =
          RankingServer.start(
              ServerSettings.of(
                      settings.host(),
                      settings.port(),
                      kafka.bootstrapServers(),
                      directory.resolve("views"))
                  .withRegistry(directory.resolve(REGISTRY)),
              surfaces);
      parts.push(server);
      if (!server.awaitReady(READY_PATIENCE)) {
        throw new IllegalStateException(
            "the ranking service is not ready: " + String.join("; ", server.missing()));
      }
    } catch (InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything; returns when the service is ready.
   *
   * @param progress told in a few words what is being started
   * @throws IllegalStateException when a part does not start
   */
  public static EmbeddedWaggle start(
      Settings settings, Surfaces surfaces, Consumer<String> progress) throws InterruptedException {
    return new EmbeddedWaggle(settings, surfaces, progress);
  }

  /** The service's port. */
  public int port() {
    return server.port();
  }

  /** The broker, as {@code host:port}. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Port on the loopback interface of the jobs' metrics, path {@code /metrics}. */
  public int jobMetricsPort() {
    return flink.metricsPort();
  }

  /** The service's figures since the start. */
  public ServerFigures figures() {
    return server.figures();
  }

  /** Completes exceptionally, with the reason, when a job has ended by itself. */
  public CompletableFuture<Void> failure() {
    return flink.failure();
  }

  /** Stops everything in reverse order; a part that does not stop does not keep the others. */
  @Override
  public void close() {
    Parts.close(parts);
  }
}
