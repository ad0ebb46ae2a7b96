package io.waggle.server.log;

import io.waggle.core.config.KafkaConnection;
import io.waggle.state.topic.TopicSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Kafka producers of the service; all wait for every in-sync replica and repeat safely. */
public final class Producers {
  /** Largest record, bytes: a decision holds the request's actions and its probabilities. */
  private static final int MAX_RECORD_BYTES = TopicSettings.RECORD_BYTES_MAX;

  private static final int DECISION_LINGER_MILLIS = 10;

  /** Some ten large decisions: each batch begins with 80 kB of buffers to compress it. */
  private static final int DECISION_BATCH_BYTES = 256 << 10;

  private static final int DECISION_TIMEOUT_MILLIS = 30_000;
  private static final int DECISION_REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int REQUEST_TIMEOUT_MILLIS = 2_000;
  private static final int MAX_BLOCK_MILLIS = 500;

  private Producers() {}

  /**
   * For decisions: gathers for 10 ms, compresses (the same feature names over and over), and tries
   * for 30 s before its caller tries again. Nobody waits for them, so a slow broker gets 10 s to
   * answer: asking it again sooner makes it slower.
   */
  public static Producer<byte[], byte[]> decisions(KafkaConnection kafka) {
    Map<String, Object> config = common(SpoolSender.IN_FLIGHT_BYTES + MAX_RECORD_BYTES);
    config.put(ProducerConfig.LINGER_MS_CONFIG, DECISION_LINGER_MILLIS);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, DECISION_BATCH_BYTES);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DECISION_REQUEST_TIMEOUT_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DECISION_TIMEOUT_MILLIS);
    return create(kafka, config);
  }

  /** For feedback: sends at once and gives up when its caller does. */
  public static Producer<byte[], byte[]> feedback(
      KafkaConnection kafka, long bufferBytes, long timeoutMillis) {
    Map<String, Object> config = common(bufferBytes);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        (int) Math.max(timeoutMillis, REQUEST_TIMEOUT_MILLIS));
    return create(kafka, config);
  }

  /** For control: rare and small records, each waited for. */
  public static Producer<byte[], byte[]> control(KafkaConnection kafka, long timeoutMillis) {
    return feedback(kafka, MAX_RECORD_BYTES, timeoutMillis);
  }

  private static Map<String, Object> common(long bufferBytes) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
    // The writer's own bound comes first; twice of it leaves room for half-filled batches.
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * bufferBytes);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return config;
  }

  private static Producer<byte[], byte[]> create(
      KafkaConnection kafka, Map<String, Object> config) {
    try {
      return new KafkaProducer<>(
          kafka.client(config), new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw kafka.unusable(e);
    }
  }
}
