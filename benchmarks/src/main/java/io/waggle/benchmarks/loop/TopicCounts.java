package io.waggle.benchmarks.loop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/**
 * How many records have ever been written to a topic, cleaned up or not: progress that does not ask
 * the job. An answer takes about a millisecond. One thread.
 */
public final class TopicCounts implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Admin admin;
  private final Map<String, Map<TopicPartition, OffsetSpec>> ends = new HashMap<>();

  public TopicCounts(String bootstrapServers) {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Records written since the topic was created. */
  public long count(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> known = ends.get(topic);
    if (known == null) {
      known = partitions(topic);
      ends.put(topic, known);
    }
    return admin.listOffsets(known).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS).values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  private Map<TopicPartition, OffsetSpec> partitions(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (TopicDescription description :
        admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .values()) {
      for (TopicPartitionInfo partition : description.partitions()) {
        partitions.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
      }
    }
    return partitions;
  }

  /** Creates a topic whose records go by time. */
  public void create(String topic, int partitions) throws Exception {
    admin
        .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
        .all()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Lets go of a topic's records, whatever their keys, beyond so many bytes a partition: what
   * nobody reads must neither fill the disk nor be compacted.
   */
  public void keepOnly(String topic, long bytes) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(
                    set("cleanup.policy", "delete"),
                    set("retention.bytes", Long.toString(bytes)),
                    set("segment.bytes", Long.toString(Math.max(1 << 20, bytes / 4))))))
        .all()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  @Override
  public void close() {
    admin.close();
  }
}
