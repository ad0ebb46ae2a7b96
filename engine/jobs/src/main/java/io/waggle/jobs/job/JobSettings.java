package io.waggle.jobs.job;

import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs to know of where it runs.
 *
 * @param bootstrapServers Kafka's addresses, {@code host:port,...}
 * @param group prefix of the consumer groups; offsets that count are in the checkpoints, groups are
 *     for watching
 * @param parallelism subtasks per operator, at least 1
 * @param checkpointDirectory where checkpoints go
 * @param checkpointInterval time between checkpoints
 * @param disorder how late a record may be behind the newest of its partition
 * @param silence after this long without a record a partition's event time follows the clock
 * @param registry where model versions are kept; null: nowhere, and nothing can be rolled back
 * @param decisionLog where the learning job writes joined decisions; null: nowhere
 */
public record JobSettings(
    String bootstrapServers,
    String group,
    int parallelism,
    URI checkpointDirectory,
    Duration checkpointInterval,
    Duration disorder,
    Duration silence,
    @Nullable RegistrySettings registry,
    @Nullable DecisionLogSettings decisionLog) {

  public JobSettings {
    if (parallelism < 1) {
      throw new IllegalArgumentException(
          "parallelism: %d (expected: at least 1)".formatted(parallelism));
    }
    positive("checkpointInterval", checkpointInterval);
    positive("disorder", disorder);
    positive("silence", silence);
  }

  /**
   * One subtask, a checkpoint a second, half a second of disorder, the clock after a second of
   * silence; no registry, no decision log.
   */
  public static JobSettings of(String bootstrapServers, URI checkpointDirectory) {
    return new JobSettings(
        bootstrapServers,
        "waggle",
        1,
        checkpointDirectory,
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        null,
        null);
  }

  /** The same with so many subtasks per operator. */
  public JobSettings withParallelism(int subtasks) {
    return new JobSettings(
        bootstrapServers,
        group,
        subtasks,
        checkpointDirectory,
        checkpointInterval,
        disorder,
        silence,
        registry,
        decisionLog);
  }

  /** The same with a registry. */
  public JobSettings withRegistry(RegistrySettings settings) {
    return new JobSettings(
        bootstrapServers,
        group,
        parallelism,
        checkpointDirectory,
        checkpointInterval,
        disorder,
        silence,
        settings,
        decisionLog);
  }

  /** The same with a decision log; null: without. */
  public JobSettings withDecisionLog(@Nullable DecisionLogSettings settings) {
    return new JobSettings(
        bootstrapServers,
        group,
        parallelism,
        checkpointDirectory,
        checkpointInterval,
        disorder,
        silence,
        registry,
        settings);
  }

  private static void positive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(
          "%s: %s (expected: longer than nothing)".formatted(name, duration));
    }
  }
}
