package io.waggle.server.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.config.KafkaConnection;
import io.waggle.server.wire.Refusal;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Decision;
import io.waggle.v1.SourcePosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Topic {@code decisions}, read backwards from the end of a stretch of time: first the partition
 * that Kafka's own producers choose for the key, then the others. Bounded by {@link #PATIENCE} and
 * {@link #BYTES_BOUND}; what was not read by then is said. A consumer of its own for each search.
 */
public final class DecisionTopic implements DecisionSearch {
  /** Less than a request may take. */
  static final Duration PATIENCE = Duration.ofSeconds(7);

  static final long BYTES_BOUND = 512L << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int CHUNK_RECORDS = 4_000;

  private final KafkaConnection kafka;

  public DecisionTopic(KafkaConnection kafka) {
    this.kafka = kafka;
  }

  @Override
  public Found find(String decisionId, long fromMillis, long toMillis) {
    try (Consumer<byte[], byte[]> consumer = SearchConsumers.of(kafka, TIMEOUT, CHUNK_RECORDS)) {
      return new Search(consumer, decisionId, fromMillis, toMillis).run();
    } catch (KafkaException e) {
      throw Refusal.unavailable(
          "decision_id: not kept in memory, and topic %s cannot be read: %s"
              .formatted(Topics.DECISIONS, e.getMessage()));
    }
  }

  /** One search. One thread. */
  private static final class Search {
    private final Consumer<byte[], byte[]> consumer;
    private final byte[] key;
    private final long fromMillis;
    private final long toMillis;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();
    private long records;
    private long bytes;

    Search(Consumer<byte[], byte[]> consumer, String decisionId, long fromMillis, long toMillis) {
      this.consumer = consumer;
      this.key = decisionId.getBytes(UTF_8);
      this.fromMillis = fromMillis;
      this.toMillis = toMillis;
    }

    Found run() {
      List<TopicPartition> partitions = partitions();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Long> starts = offsets(partitions, fromMillis, ends);
      ends = offsets(partitions, toMillis + 1, ends);
      for (TopicPartition partition : partitions) {
        consumer.assign(Set.of(partition));
        long start = starts.getOrDefault(partition, 0L);
        long end = ends.getOrDefault(partition, 0L);
        while (end > start && !exhausted()) {
          long chunk = Math.max(start, end - CHUNK_RECORDS);
          ConsumerRecord<byte[], byte[]> found = read(partition, chunk, end);
          if (found != null) {
            return found(found);
          }
          end = chunk;
        }
      }
      return new Found(null, looked());
    }

    /** The likely one first. */
    private List<TopicPartition> partitions() {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.DECISIONS).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
              .collect(Collectors.toCollection(ArrayList::new));
      if (!partitions.isEmpty()) {
        Collections.swap(partitions, 0, Utils.toPositive(Utils.murmur2(key)) % partitions.size());
      }
      return partitions;
    }

    /** The first offsets of a time or later; of a partition that has none, its end. */
    private Map<TopicPartition, Long> offsets(
        List<TopicPartition> partitions, long millis, Map<TopicPartition, Long> ends) {
      Map<TopicPartition, OffsetAndTimestamp> known =
          consumer.offsetsForTimes(
              partitions.stream().collect(Collectors.toMap(Function.identity(), each -> millis)));
      Map<TopicPartition, Long> offsets = new HashMap<>(ends);
      known.forEach(
          (partition, offset) -> {
            if (offset != null) {
              offsets.put(partition, offset.offset());
            }
          });
      return offsets;
    }

    private boolean exhausted() {
      return bytes > BYTES_BOUND || System.nanoTime() > deadline;
    }

    /** The newest record of the key from one offset up to another; null: none. */
    private @Nullable ConsumerRecord<byte[], byte[]> read(
        TopicPartition partition, long start, long end) {
      ConsumerRecord<byte[], byte[]> found = null;
      consumer.seek(partition, start);
      while (consumer.position(partition) < end && !exhausted()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
          if (record.offset() < end) {
            records++;
            bytes += record.serializedValueSize();
            found = Arrays.equals(record.key(), key) ? record : found;
          }
        }
      }
      return found;
    }

    private static Found found(ConsumerRecord<byte[], byte[]> record) {
      String where =
          "topic %s, partition %d, offset %d"
              .formatted(record.topic(), record.partition(), record.offset());
      try {
        return new Found(
            Decision.parseFrom(record.value()).toBuilder()
                .setPosition(
                    SourcePosition.newBuilder()
                        .setTopic(record.topic())
                        .setPartition(record.partition())
                        .setOffset(record.offset()))
                .build(),
            where);
      } catch (InvalidProtocolBufferException e) {
        throw Refusal.failedPrecondition("decision_id: no decision is in " + where);
      }
    }

    private String looked() {
      return "%d records of topic %s from %s to %s%s"
          .formatted(
              records,
              Topics.DECISIONS,
              Instant.ofEpochMilli(fromMillis),
              Instant.ofEpochMilli(toMillis),
              exhausted()
                  ? ", where reading stopped after %d s or %d MiB: ask for less time"
                      .formatted(PATIENCE.toSeconds(), BYTES_BOUND >> 20)
                  : "");
    }
  }
}
