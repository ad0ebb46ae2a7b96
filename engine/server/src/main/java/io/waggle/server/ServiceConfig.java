package io.waggle.server;

import static java.util.Objects.requireNonNullElse;

import io.waggle.core.config.KafkaConnection;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.ServerSettings.Limits;
import io.waggle.server.ServerSettings.Recent;
import io.waggle.server.ServerSettings.Turnover;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The ranking service's YAML file; every key is in docs/configuration.md.
 *
 * @param bootstrapServers Kafka's addresses; required
 * @param kafkaClientFile properties file of TLS and credentials for Kafka; absent: neither
 * @param surfaces file or directory of the surfaces; required
 * @param viewDirectory where the local views live; required
 * @param spoolDirectory where decisions wait for Kafka; absent: {@code spool} in the views'
 * @param registry directory where the learning job keeps model versions; absent: versions cannot be
 *     compared
 * @param host address to listen on
 * @param port port to listen on; 0: any free one
 * @param maxRequestBytes see {@link Limits}, like those that follow
 * @param warmUp see {@link Turnover}, like drain
 */
public record ServiceConfig(
    @Nullable String bootstrapServers,
    @Nullable Path kafkaClientFile,
    @Nullable Path surfaces,
    @Nullable Path viewDirectory,
    @Nullable Path spoolDirectory,
    @Nullable Path registry,
    @Nullable String host,
    @Nullable Integer port,
    @Nullable Integer maxRequestBytes,
    @Nullable Long decisionBufferBytes,
    @Nullable Long spoolBytes,
    @Nullable Long feedbackBufferBytes,
    @Nullable Duration feedbackTimeout,
    @Nullable Duration maxFutureTime,
    @Nullable Duration maxEventAge,
    @Nullable Integer maxWatchers,
    @Nullable Integer watchQueueLength,
    @Nullable Long recentDecisionBytes,
    @Nullable Long recentModelBytes,
    @Nullable Duration warmUp,
    @Nullable Duration drain) {

  /** The settings, defaults filled in. */
  public ServerSettings settings() {
    Limits defaults = Limits.DEFAULT;
    String brokers = required("bootstrapServers", bootstrapServers);
    Path views = required("viewDirectory", viewDirectory);
    return new ServerSettings(
        requireNonNullElse(host, "0.0.0.0"),
        requireNonNullElse(port, 8080),
        KafkaConnection.of(brokers, kafkaClientFile),
        views,
        requireNonNullElse(spoolDirectory, ServerSettings.spoolIn(views)),
        registry,
        new Limits(
            requireNonNullElse(maxRequestBytes, defaults.maxRequestBytes()),
            requireNonNullElse(decisionBufferBytes, defaults.decisionBufferBytes()),
            requireNonNullElse(spoolBytes, defaults.spoolBytes()),
            requireNonNullElse(feedbackBufferBytes, defaults.feedbackBufferBytes()),
            requireNonNullElse(feedbackTimeout, defaults.feedbackTimeout()),
            requireNonNullElse(maxFutureTime, defaults.maxFutureTime()),
            requireNonNullElse(maxEventAge, defaults.maxEventAge()),
            requireNonNullElse(maxWatchers, defaults.maxWatchers()),
            requireNonNullElse(watchQueueLength, defaults.watchQueueLength()),
            defaults.viewMemory()),
        new Recent(
            requireNonNullElse(recentDecisionBytes, Recent.DEFAULT.decisionBytes()),
            requireNonNullElse(recentModelBytes, Recent.DEFAULT.modelBytes())),
        new Turnover(
            requireNonNullElse(warmUp, Turnover.DEFAULT.warmUp()),
            requireNonNullElse(drain, Turnover.DEFAULT.drain())));
  }

  /** The surfaces, read and checked. */
  public Surfaces loadSurfaces() {
    return new Surfaces(
        SurfaceFiles.read(required("surfaces", surfaces)).stream().map(Surface::of).toList());
  }

  private static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(name + ": absent (expected: a value)");
    }
    return value;
  }
}
