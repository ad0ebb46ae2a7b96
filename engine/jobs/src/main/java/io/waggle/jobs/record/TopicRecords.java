package io.waggle.jobs.record;

import com.google.protobuf.Message;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Messages to records of one topic: key, event time and, where order across keys matters, the key
 * that chooses the partition.
 *
 * @param <T> the topic's message
 */
public final class TopicRecords<T extends Message> implements KafkaRecordSerializationSchema<T> {
  private static final long serialVersionUID = 1L;

  /** A serializable function of a message. */
  @FunctionalInterface
  public interface Part<T, R> extends Serializable {
    R of(T message);
  }

  private final String topic;
  private final Part<T, String> key;
  private final Part<T, Long> timeMillis;
  private final @Nullable Part<T, String> partitionKey;
  private final @Nullable Part<T, Boolean> tombstone;

  private TopicRecords(
      String topic,
      Part<T, String> key,
      Part<T, Long> timeMillis,
      @Nullable Part<T, String> partitionKey,
      @Nullable Part<T, Boolean> tombstone) {
    this.topic = topic;
    this.key = key;
    this.timeMillis = timeMillis;
    this.partitionKey = partitionKey;
    this.tombstone = tombstone;
  }

  /** Records of a topic, partitioned by their key. */
  public static <T extends Message> TopicRecords<T> of(
      String topic, Part<T, String> key, Part<T, Long> timeMillis) {
    return new TopicRecords<>(topic, key, timeMillis, null, null);
  }

  /**
   * The same, but all records with the same {@code partitionKey} go to one partition and stay in
   * order.
   */
  public TopicRecords<T> together(Part<T, String> partitionKey) {
    return new TopicRecords<>(topic, key, timeMillis, partitionKey, tombstone);
  }

  /** The same, but a message that says that its key is gone is written as a tombstone, now. */
  public TopicRecords<T> tombstoneWhen(Part<T, Boolean> gone) {
    return new TopicRecords<>(topic, key, timeMillis, partitionKey, gone);
  }

  /** The partition, of so many, that records kept together by that key are in. */
  public static int partition(String partitionKey, int partitions) {
    return Math.floorMod(partitionKey.hashCode(), partitions);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T message, KafkaSinkContext context, @Nullable Long timestamp) {
    Integer partition = null;
    if (partitionKey != null) {
      int[] partitions = context.getPartitionsForTopic(topic);
      partition = partitions[partition(partitionKey.of(message), partitions.length)];
    }
    byte[] keyBytes = key.of(message).getBytes(StandardCharsets.UTF_8);
    if (tombstone != null && tombstone.of(message)) {
      return new ProducerRecord<>(topic, partition, keyBytes, null);
    }
    return new ProducerRecord<>(
        topic, partition, timeMillis.of(message), keyBytes, message.toByteArray());
  }
}
