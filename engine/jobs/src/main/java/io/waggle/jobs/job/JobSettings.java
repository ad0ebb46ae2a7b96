package io.waggle.jobs.job;

import io.waggle.core.config.KafkaConnection;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.state.model.ModelVersions;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs to know of where it runs.
 *
 * @param kafka how Kafka is reached
 * @param group prefix of the consumer groups; offsets that count are in the checkpoints, groups are
 *     for watching
 * @param parallelism subtasks per operator, at least 1
 * @param checkpointDirectory where checkpoints go
 * @param checkpointInterval time between checkpoints
 * @param disorder how late a record may be behind the newest of its partition
 * @param silence after this long without a record a partition's event time follows the clock
 * @param registry where model versions are kept; null: nowhere, and nothing can be rolled back
 * @param decisionLog where the learning job writes joined decisions; null: nowhere
 * @param epoch of learning jobs that run side by side the one that control puts in charge
 *     publishes; 0: until another is
 */
public record JobSettings(
    KafkaConnection kafka,
    String group,
    int parallelism,
    URI checkpointDirectory,
    Duration checkpointInterval,
    Duration disorder,
    Duration silence,
    @Nullable RegistrySettings registry,
    @Nullable DecisionLogSettings decisionLog,
    long epoch) {

  public JobSettings {
    if (parallelism < 1) {
      throw new IllegalArgumentException(
          "parallelism: %d (expected: at least 1)".formatted(parallelism));
    }
    ModelVersions.checkedEpoch("epoch", epoch);
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
        KafkaConnection.plain(bootstrapServers),
        "waggle",
        1,
        checkpointDirectory,
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        null,
        null,
        0);
  }

  /** Kafka's addresses, {@code host:port,...}. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The same with so many subtasks per operator. */
  public JobSettings withParallelism(int subtasks) {
    return with(kafka, subtasks, registry, decisionLog, epoch);
  }

  /** The same with a registry. */
  public JobSettings withRegistry(RegistrySettings settings) {
    return with(kafka, parallelism, settings, decisionLog, epoch);
  }

  /** The same with a decision log; null: without. */
  public JobSettings withDecisionLog(@Nullable DecisionLogSettings settings) {
    return with(kafka, parallelism, registry, settings, epoch);
  }

  /** The same, reaching Kafka another way. */
  public JobSettings withKafka(KafkaConnection other) {
    return with(other, parallelism, registry, decisionLog, epoch);
  }

  /** The same of another epoch. */
  public JobSettings withEpoch(long ofJob) {
    return with(kafka, parallelism, registry, decisionLog, ofJob);
  }

  private JobSettings with(
      KafkaConnection otherKafka,
      int otherParallelism,
      @Nullable RegistrySettings otherRegistry,
      @Nullable DecisionLogSettings otherLog,
      long otherEpoch) {
    return new JobSettings(
        otherKafka,
        group,
        otherParallelism,
        checkpointDirectory,
        checkpointInterval,
        disorder,
        silence,
        otherRegistry,
        otherLog,
        otherEpoch);
  }

  /** Prefix of this job's consumer groups: jobs side by side have groups of their own. */
  String ownGroup() {
    return epoch == 0 ? group : group + "-epoch-" + epoch;
  }

  private static void positive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(
          "%s: %s (expected: longer than nothing)".formatted(name, duration));
    }
  }
}
