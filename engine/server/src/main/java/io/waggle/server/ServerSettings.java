package io.waggle.server;

import io.waggle.core.config.KafkaConnection;
import io.waggle.server.explain.RecentDecisions;
import io.waggle.state.view.ViewMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the ranking service needs to know.
 *
 * @param host address to listen on, for example {@code 127.0.0.1} or {@code 0.0.0.0}
 * @param port port to listen on; 0: any free one
 * @param kafka how Kafka is reached
 * @param viewDirectory where the local views live; one service at a time
 * @param spoolDirectory where decisions wait for Kafka; one service at a time
 * @param registry the directory where the learning job keeps model versions; null: none, and
 *     versions cannot be compared
 * @param limits bounds of every buffer and wait
 * @param recent what is kept to explain decisions by
 * @param turnover how it comes and goes
 */
public record ServerSettings(
    String host,
    int port,
    KafkaConnection kafka,
    Path viewDirectory,
    Path spoolDirectory,
    @Nullable Path registry,
    Limits limits,
    Recent recent,
    Turnover turnover) {
  private static final String SPOOL = "spool";

  /** Settings with {@link Recent#DEFAULT} and {@link Turnover#AT_ONCE}. */
  public ServerSettings(
      String host,
      int port,
      String bootstrapServers,
      Path viewDirectory,
      Path spoolDirectory,
      @Nullable Path registry,
      Limits limits) {
    this(
        host,
        port,
        KafkaConnection.plain(bootstrapServers),
        viewDirectory,
        spoolDirectory,
        registry,
        limits,
        Recent.DEFAULT,
        Turnover.AT_ONCE);
  }

  public ServerSettings {
    check(!host.isBlank(), "host", host, "an address to listen on");
    check(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
    check(
        kafka.bootstrapServers().matches("[^\\s,]+:\\d+(,[^\\s,]+:\\d+)*"),
        "bootstrapServers",
        kafka.bootstrapServers(),
        "host:port, separated by commas");
  }

  /**
   * Settings with {@link Limits#DEFAULT} and {@link Turnover#AT_ONCE}, the spool among the views,
   * without a registry.
   */
  public static ServerSettings of(
      String host, int port, String bootstrapServers, Path viewDirectory) {
    return new ServerSettings(
        host, port, bootstrapServers, viewDirectory, spoolIn(viewDirectory), null, Limits.DEFAULT);
  }

  /** Kafka's addresses, {@code host:port,...}. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The same, reaching Kafka another way. */
  public ServerSettings withKafka(KafkaConnection other) {
    return new ServerSettings(
        host, port, other, viewDirectory, spoolDirectory, registry, limits, recent, turnover);
  }

  /** Where the spool is unless it is said. */
  static Path spoolIn(Path viewDirectory) {
    return viewDirectory.resolve(SPOOL);
  }

  /** The same with a registry. */
  public ServerSettings withRegistry(Path directory) {
    return new ServerSettings(
        host, port, kafka, viewDirectory, spoolDirectory, directory, limits, recent, turnover);
  }

  /** The same, coming and going another way. */
  public ServerSettings withTurnover(Turnover other) {
    return new ServerSettings(
        host, port, kafka, viewDirectory, spoolDirectory, registry, limits, recent, other);
  }

  /**
   * How a service comes and goes while others like it get the traffic.
   *
   * @param warmUp how long made-up requests are ranked before it is ready; zero: not at all
   * @param drain how long it still answers after it has said that it is not ready any more, so that
   *     whoever sends it traffic can look elsewhere; zero: not at all
   */
  public record Turnover(Duration warmUp, Duration drain) {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Ready as soon as its views are, gone as soon as it is told: for a service on its own. */
    public static final Turnover AT_ONCE = new Turnover(Duration.ZERO, Duration.ZERO);

    /** 3 s of warm-up, 5 s of drain: for one of several behind a balancer. */
    public static final Turnover DEFAULT =
        new Turnover(Duration.ofSeconds(3), Duration.ofSeconds(5));

    public Turnover {
      checkTurnover("warmUp", warmUp);
      checkTurnover("drain", drain);
    }

    private static void checkTurnover(String name, Duration value) {
      check(!value.isNegative() && value.compareTo(LONGEST) <= 0, name, value, "PT0S to PT10M");
    }
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
      check(
          decisionBytes >= 0 && decisionBytes <= RecentDecisions.MOST_BYTES,
          "recentDecisionBytes",
          decisionBytes,
          "0 to " + RecentDecisions.MOST_BYTES);
      check(modelBytes >= 0, "recentModelBytes", modelBytes, "0 or more");
    }
  }

  /**
   * Bounds of the service.
   *
   * @param maxRequestBytes largest request; larger ones are refused
   * @param decisionBufferBytes decisions in memory, on their way to the spool's files
   * @param spoolBytes these and the files; at one of the two bounds the answer is given, says that
   *     its decision cannot be learned, and the decision counts as dropped
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
      long spoolBytes,
      long feedbackBufferBytes,
      Duration feedbackTimeout,
      Duration maxFutureTime,
      Duration maxEventAge,
      int maxWatchers,
      int watchQueueLength,
      ViewMemory viewMemory) {

    /**
     * 4 MiB requests, 64 MiB of decisions and a spool of 1 GiB, 16 MiB of feedback, 5 s, 5 min
     * ahead, 7 days old, 1,000 watchers of 64.
     */
    public static final Limits DEFAULT =
        new Limits(
            4 << 20,
            64L << 20,
            1L << 30,
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
          spoolBytes >= decisionBufferBytes,
          "spoolBytes",
          spoolBytes,
          "at least decisionBufferBytes");
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
