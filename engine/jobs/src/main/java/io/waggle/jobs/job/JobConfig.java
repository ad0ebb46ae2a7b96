package io.waggle.jobs.job;

import io.waggle.core.config.ConfigFile;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.state.registry.Retention;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job's YAML file; every key is in docs/configuration.md.
 *
 * @param bootstrapServers Kafka's addresses; required
 * @param surfaces file or directory of the surfaces; required
 * @param checkpointDirectory where checkpoints go; required
 * @param group prefix of the consumer groups
 * @param parallelism subtasks per operator
 * @param checkpointInterval time between checkpoints
 * @param disorder how late a record may be behind the newest of its partition
 * @param silence after this long without a record a partition's event time follows the clock
 * @param registry where the learning job keeps model versions; absent: nowhere
 * @param decisionLog where the learning job writes joined decisions; absent: nowhere
 * @param kafkaClientFile properties file of TLS and credentials for Kafka; absent: neither
 * @param epoch which of learning jobs side by side it is
 */
public record JobConfig(
    @Nullable String bootstrapServers,
    @Nullable Path surfaces,
    @Nullable URI checkpointDirectory,
    @Nullable String group,
    @Nullable Integer parallelism,
    @Nullable Duration checkpointInterval,
    @Nullable Duration disorder,
    @Nullable Duration silence,
    @Nullable RegistryConfig registry,
    @Nullable DecisionLogConfig decisionLog,
    @Nullable Long epoch,
    @Nullable Path kafkaClientFile) {

  /**
   * The learning job's model registry.
   *
   * @param directory on any file system that Flink knows; required
   * @param every a policy's versions are kept at most this often
   * @param keep so many of the newest versions stay
   * @param keepFor of the older ones the first of each hour stays so long
   */
  public record RegistryConfig(
      @Nullable URI directory,
      @Nullable Duration every,
      @Nullable Integer keep,
      @Nullable Duration keepFor) {
    RegistrySettings settings() {
      return new RegistrySettings(
          required("registry.directory", directory),
          Objects.requireNonNullElse(every, RegistrySettings.EVERY),
          new Retention(
              Objects.requireNonNullElse(keep, Retention.DEFAULT.keep()),
              Objects.requireNonNullElse(keepFor, Retention.DEFAULT.keepFor())));
    }
  }

  /**
   * The learning job's decision log.
   *
   * @param directory on any file system that Flink knows; required
   * @param rollEvery a row is in a file after this long
   * @param rollBytes or earlier, when so many bytes wait
   */
  public record DecisionLogConfig(
      @Nullable URI directory, @Nullable Duration rollEvery, @Nullable Long rollBytes) {
    DecisionLogSettings settings() {
      return new DecisionLogSettings(
          required("decisionLog.directory", directory),
          Objects.requireNonNullElse(rollEvery, DecisionLogSettings.ROLL_EVERY),
          Objects.requireNonNullElse(rollBytes, DecisionLogSettings.ROLL_BYTES));
    }
  }

  /** Reads {@code --config FILE} from a main's arguments. */
  static JobConfig fromArguments(String[] arguments) {
    if (arguments.length != 2 || !arguments[0].equals("--config")) {
      throw new IllegalArgumentException("usage: --config FILE");
    }
    return ConfigFile.read(Path.of(arguments[1]), JobConfig.class);
  }

  /** The settings, defaults filled in. */
  public JobSettings settings() {
    JobSettings defaults =
        JobSettings.of(
            required("bootstrapServers", bootstrapServers),
            required("checkpointDirectory", checkpointDirectory));
    return new JobSettings(
        KafkaConnection.of(defaults.bootstrapServers(), kafkaClientFile),
        Objects.requireNonNullElse(group, defaults.group()),
        Objects.requireNonNullElse(parallelism, defaults.parallelism()),
        defaults.checkpointDirectory(),
        Objects.requireNonNullElse(checkpointInterval, defaults.checkpointInterval()),
        Objects.requireNonNullElse(disorder, defaults.disorder()),
        Objects.requireNonNullElse(silence, defaults.silence()),
        registry == null ? null : registry.settings(),
        decisionLog == null ? null : decisionLog.settings(),
        Objects.requireNonNullElse(epoch, defaults.epoch()));
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
