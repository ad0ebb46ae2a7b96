package io.waggle.app.embedded;

import io.waggle.state.topic.Topics;
import io.waggle.state.topic.Topics.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of the loop on an embedded broker: creates those that are missing. */
public final class EmbeddedTopics {
  /** Partitions of the topics that are keyed by user or decision. */
  public static final int PARTITIONS = 2;

  /** Topics whose readers want every record in one order. */
  private static final Set<String> SINGLE_PARTITION =
      Set.of(Topics.MODELS, Topics.EVALUATIONS, Topics.CONTROL);

  private static final Duration RETENTION = Duration.ofDays(7);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private EmbeddedTopics() {}

  /**
   * Creates every topic of {@link Topics#ALL} that the broker does not have yet.
   *
   * @throws IllegalStateException when the broker does not answer within 30 seconds or refuses
   */
  public static void create(String bootstrapServers) {
    create(bootstrapServers, RETENTION.toMillis());
  }

  /** The same for records of any age: what is imported may be years old and is still wanted. */
  static void createForOldTimes(String bootstrapServers) {
    create(bootstrapServers, -1);
  }

  private static void create(String bootstrapServers, long retentionMillis) {
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(settings)) {
      Set<String> present =
          admin.listTopics().names().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      List<NewTopic> missing =
          Topics.ALL.stream()
              .filter(topic -> !present.contains(topic.name()))
              .map(topic -> definition(topic, retentionMillis))
              .toList();
      admin.createTopics(missing).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating the topics", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot create the topics on " + bootstrapServers, e);
    }
  }

  private static NewTopic definition(Topic topic, long retentionMillis) {
    int partitions = SINGLE_PARTITION.contains(topic.name()) ? 1 : PARTITIONS;
    return new NewTopic(topic.name(), partitions, (short) 1)
        .configs(topic.compacted() ? compacted() : timed(retentionMillis));
  }

  /** Small segments that roll soon, so that old model versions do not pile up on a small disk. */
  private static Map<String, String> compacted() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.SEGMENT_BYTES_CONFIG,
        Integer.toString(16 << 20),
        TopicConfig.SEGMENT_MS_CONFIG,
        Long.toString(Duration.ofMinutes(10).toMillis()),
        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
        "0.2");
  }

  /** Kept that long, or until a partition holds 1 GiB: a laptop's disk is the bound. */
  private static Map<String, String> timed(long retentionMillis) {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG, Long.toString(retentionMillis),
        TopicConfig.RETENTION_BYTES_CONFIG, Integer.toString(1 << 30),
        TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(64 << 20));
  }
}
