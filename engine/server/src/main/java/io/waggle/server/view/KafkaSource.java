package io.waggle.server.view;

import io.waggle.core.config.KafkaConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka as the views see it: consumers to read with, and the identity of topics. Any thread. */
final class KafkaSource implements TopicIdentities, AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final KafkaConnection kafka;
  private final Duration timeout;
  private final Admin admin;

  /**
   * Connects with the first call.
   *
   * @throws IllegalArgumentException when the addresses or the client file are of no use
   */
  KafkaSource(KafkaConnection kafka) {
    this(kafka, TIMEOUT);
  }

  /** The same, which waits so long for an answer about a topic. */
  KafkaSource(KafkaConnection kafka, Duration timeout) {
    this.kafka = kafka;
    this.timeout = timeout;
    try {
      this.admin =
          Admin.create(
              kafka.client(
                  Map.of(
                      AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                      1_000,
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                      (int) timeout.toMillis(),
                      AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                      (int) timeout.toMillis())));
    } catch (KafkaException e) {
      throw kafka.unusable(e);
    }
  }

  /**
   * A consumer of its own for each reader, without a group: the offsets live beside the data.
   *
   * @param maxRecords most records of one poll; bounds what a poll holds in memory
   */
  Consumer<byte[], byte[]> consumer(int maxRecords) {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    // An empty fetch waits this long at the broker, and closing waits for it.
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 200);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxRecords);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
    return new KafkaConsumer<>(
        kafka.client(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public String of(String topic) {
    try {
      Map<String, TopicDescription> described =
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      TopicDescription description = described.get(topic);
      if (description == null) {
        throw new KafkaException("topic " + topic + " is not described");
      }
      return description.topicId().toString();
    } catch (ExecutionException | TimeoutException e) {
      if (e.getCause() instanceof AuthenticationException refusal) {
        throw new KafkaException(kafka.refused(String.valueOf(refusal.getMessage())));
      }
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new KafkaException("Kafka has no topic " + topic + ": waggle topics create", e);
      }
      if (e instanceof TimeoutException || e.getCause() instanceof RetriableException) {
        throw new KafkaException("no answer from Kafka at " + kafka.bootstrapServers(), e);
      }
      throw new KafkaException("topic " + topic + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  @Override
  public void close() {
    // Nobody waits for its answers any more.
    admin.close(Duration.ZERO);
  }
}
