package io.waggle.server;

import io.waggle.state.view.ViewMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the ranking service needs to know.
 *
 * @param host address to listen on, for example {@code 127.0.0.1} or {@code 0.0.0.0}
 * @param port port to listen on; 0: any free one
 * @param bootstrapServers Kafka brokers, {@code host:port} separated by commas
 * @param viewDirectory where the local views live; one service at a time
 * @param registry the directory where the learning job keeps model versions; null: none, and
 *     versions cannot be compared
 * @param limits bounds of every buffer and wait
 * @param recent what is kept to explain decisions by
 */
public record ServerSettings(
    String host,
    int port,
    String bootstrapServers,
    Path viewDirectory,
    @Nullable Path registry,
    Limits limits,
    Recent recent) {

  /** Settings with {@link Recent#DEFAULT}. */
  public ServerSettings(
      String host,
      int port,
      String bootstrapServers,
      Path viewDirectory,
      @Nullable Path registry,
      Limits limits) {
    this(host, port, bootstrapServers, viewDirectory, registry, limits, Recent.DEFAULT);
  }

  public ServerSettings {
    check(!host.isBlank(), "host", host, "an address to listen on");
    check(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
    check(
        bootstrapServers.matches("[^\\s,]+:\\d+(,[^\\s,]+:\\d+)*"),
        "bootstrapServers",
        bootstrapServers,
        "host:port, separated by commas");
  }

  /** Settings with {@link Limits#DEFAULT}, without a registry. */
  public static ServerSettings of(
      String host, int port, String bootstrapServers, Path viewDirectory) {
    return new ServerSettings(host, port, bootstrapServers, viewDirectory, null, Limits.DEFAULT);
  }

  /** The same with a registry. */
  public ServerSettings withRegistry(Path directory) {
    return new ServerSettings(
        host, port, bootstrapServers, viewDirectory, directory, limits, recent);
  }

  /**
   * What is kept in memory to explain decisions by.
   *
   * @param decisionBytes decisions made here lately; 0: none
   * @param modelBytes model versions served here lately; 0: none
   */
  public record Recent(long decisionBytes, long modelBytes) {
    /** 16 MiB of decisions, 64 MiB of models. */
    public static final Recent DEFAULT = new Recent(16L << 20, 64L << 20);

    public Recent {
      check(decisionBytes >= 0, "recentDecisionBytes", decisionBytes, "0 or more");
      check(modelBytes >= 0, "recentModelBytes", modelBytes, "0 or more");
    }
  }

  /**
   * Bounds of the service.
   *
   * @param maxRequestBytes largest request; larger ones are refused
   * @param decisionBufferBytes decisions on their way to Kafka; at the bound the answer is given
   *     and the decision counted as dropped
   * @param feedbackBufferBytes feedback on its way to Kafka; at the bound it is refused
   * @param feedbackTimeout how long feedback waits for Kafka's acknowledgement before it is refused
   * @param maxFutureTime how far ahead of the service's clock an event may be
   * @param maxEventAge how old an event may be
   * @param maxWatchers streams of rankings at a time; more are refused
   * @param watchQueueLength rankings kept for a slow watcher; at the bound the oldest is lost
   * @param viewMemory memory of each local view
   */
  public record Limits(
      int maxRequestBytes,
      long decisionBufferBytes,
      long feedbackBufferBytes,
      Duration feedbackTimeout,
      Duration maxFutureTime,
      Duration maxEventAge,
      int maxWatchers,
      int watchQueueLength,
      ViewMemory viewMemory) {

    /**
     * 4 MiB requests, 64 and 16 MiB buffers, 5 s, 5 min ahead, 7 days old, 1,000 watchers of 64.
     */
    public static final Limits DEFAULT =
        new Limits(
            4 << 20,
            64L << 20,
            16L << 20,
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofDays(7),
            1_000,
            64,
            ViewMemory.DEFAULT);

    public Limits {
      check(
          maxRequestBytes >= 1_024 && maxRequestBytes <= 64 << 20,
          "maxRequestBytes",
          maxRequestBytes,
          "1024 to 67108864");
      check(
          decisionBufferBytes >= maxRequestBytes,
          "decisionBufferBytes",
          decisionBufferBytes,
          "at least maxRequestBytes");
      check(
          feedbackBufferBytes >= maxRequestBytes,
          "feedbackBufferBytes",
          feedbackBufferBytes,
          "at least maxRequestBytes");
      checkPositive("feedbackTimeout", feedbackTimeout);
      checkPositive("maxFutureTime", maxFutureTime);
      checkPositive("maxEventAge", maxEventAge);
      check(maxWatchers >= 0, "maxWatchers", maxWatchers, "0 or more");
      check(watchQueueLength >= 1, "watchQueueLength", watchQueueLength, "1 or more");
    }
  }

  private static void checkPositive(String name, Duration value) {
    check(value.compareTo(Duration.ZERO) > 0, name, value, "longer than zero");
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
