package io.waggle.state.topic;

import io.waggle.state.topic.TopicSettings.Disk;
import io.waggle.state.topic.Topics.Topic;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How one topic should be: the one list that the embedded broker, {@code waggle topics} and the
 * chart's topics are made from.
 *
 * @param name the topic's name
 * @param partitions its partitions
 * @param replicas copies of each
 * @param configs Kafka's topic settings by their names, in a fixed order
 */
public record TopicPlan(String name, int partitions, int replicas, Map<String, String> configs) {
  public static final String CLEANUP_POLICY = "cleanup.policy";
  public static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  public static final String MIN_IN_SYNC_REPLICAS = "min.insync.replicas";
  public static final String RETENTION_MILLIS = "retention.ms";

  /** Topics whose readers want every record in one order. */
  private static final Set<String> SINGLE_PARTITION =
      Set.of(Topics.MODELS, Topics.EVALUATIONS, Topics.CONTROL);

  public TopicPlan {
    configs = Collections.unmodifiableMap(new LinkedHashMap<>(configs));
  }

  /** A plan of every topic, in the order of the loop. */
  public static List<TopicPlan> all(TopicSettings settings) {
    return Topics.ALL.stream().map(topic -> of(topic, settings)).toList();
  }

  private static TopicPlan of(Topic topic, TopicSettings settings) {
    Map<String, String> configs = new LinkedHashMap<>();
    configs.put(CLEANUP_POLICY, topic.compacted() ? "compact" : "delete");
    configs.put(MAX_MESSAGE_BYTES, Integer.toString(TopicSettings.RECORD_BYTES_MAX));
    configs.put(MIN_IN_SYNC_REPLICAS, Integer.toString(settings.minInSyncReplicas()));
    if (topic.compacted()) {
      compacted(configs);
    } else {
      timed(configs, settings);
    }
    int partitions = SINGLE_PARTITION.contains(topic.name()) ? 1 : settings.partitions();
    return new TopicPlan(topic.name(), partitions, settings.replicas(), configs);
  }

  /**
   * Segments that roll soon, so that old model versions and sessions neither pile up nor have to be
   * read by a service that starts.
   */
  private static void compacted(Map<String, String> configs) {
    configs.put("segment.bytes", Integer.toString(16 << 20));
    configs.put("segment.ms", Long.toString(Duration.ofMinutes(10).toMillis()));
    configs.put("min.cleanable.dirty.ratio", "0.2");
  }

  private static void timed(Map<String, String> configs, TopicSettings settings) {
    Duration retention = settings.retention();
    configs.put(RETENTION_MILLIS, retention == null ? "-1" : Long.toString(retention.toMillis()));
    if (settings.disk() == Disk.SMALL) {
      configs.put("retention.bytes", Integer.toString(1 << 30));
      configs.put("segment.bytes", Integer.toString(64 << 20));
    }
  }
}
