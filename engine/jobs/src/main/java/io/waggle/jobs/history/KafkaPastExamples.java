package io.waggle.jobs.history;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.config.KafkaConnection;
import io.waggle.jobs.record.TopicRecords;
import io.waggle.state.topic.Topics;
import io.waggle.v1.LearnedExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The log in topic {@code examples}: the one partition that holds the learner's records. */
public final class KafkaPastExamples implements PastExamples {
  private static final long serialVersionUID = 1L;

  private static final Duration MOMENT = Duration.ofMillis(100);

  /** A record that a live sink has sent is in the topic long before this is over. */
  private static final Duration QUIET = Duration.ofSeconds(5);

  private static final int MOST_RECORDS = 500;
  private static final int MOST_BYTES = 8 << 20;

  private final KafkaConnection kafka;

  /**
   * The log on that broker.
   *
   * @param kafka how it is reached
   */
  public KafkaPastExamples(KafkaConnection kafka) {
    this.kafka = kafka;
  }

  @Override
  public Cursor open(String surface, int shard, long sinceMillis) {
    String key = Topics.exampleKey(surface, shard);
    Consumer<String, byte[]> consumer = consumer();
    try {
      int partitions = consumer.partitionsFor(Topics.EXAMPLES).size();
      TopicPartition partition =
          new TopicPartition(Topics.EXAMPLES, TopicRecords.partition(key, partitions));
      consumer.assign(List.of(partition));
      long end =
          Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition), "asked");
      OffsetAndTimestamp since =
          consumer.offsetsForTimes(Map.of(partition, sinceMillis)).get(partition);
      return new KafkaCursor(consumer, partition, key, since == null ? end : since.offset(), end);
    } catch (AuthenticationException e) {
      consumer.close();
      throw new IllegalStateException(kafka.refused(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private Consumer<String, byte[]> consumer() {
    try {
      return new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw kafka.unusable(e);
    }
  }

  private Map<String, Object> settings() {
    return kafka.client(
        Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            // What the topic's retention took between two questions is gone: go on with what is
            // left.
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            MOST_RECORDS,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            MOST_BYTES,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            MOST_BYTES));
  }

  /** Reads from {@code start}; {@code end} is the topic's end when it was opened. */
  private static final class KafkaCursor implements Cursor {
    private final Consumer<String, byte[]> consumer;
    private final TopicPartition partition;
    private final String key;
    private final long start;
    private final long end;
    private long newestAtNanos;

    KafkaCursor(
        Consumer<String, byte[]> consumer,
        TopicPartition partition,
        String key,
        long start,
        long end) {
      this.consumer = consumer;
      this.partition = partition;
      this.key = key;
      this.start = start;
      this.end = end;
      rewind();
    }

    @Override
    public List<LearnedExample> next() throws InterruptedException {
      try {
        List<LearnedExample> examples = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(MOMENT)) {
          newestAtNanos = System.nanoTime();
          if (key.equals(record.key())) {
            examples.add(parse(record));
          }
        }
        return examples;
      } catch (InterruptException e) {
        throw new InterruptedException(e.getMessage());
      }
    }

    private static LearnedExample parse(ConsumerRecord<String, byte[]> record) {
      try {
        return LearnedExample.parseFrom(record.value());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(
            "%s-%d at %d: not an example: %s"
                .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()),
            e);
      }
    }

    @Override
    public boolean atEnd() {
      return consumer.position(partition) >= end;
    }

    @Override
    public boolean exhausted() {
      return atEnd() && System.nanoTime() - newestAtNanos > QUIET.toNanos();
    }

    @Override
    public void rewind() {
      consumer.seek(partition, start);
      newestAtNanos = System.nanoTime();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
