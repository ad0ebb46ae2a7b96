package io.waggle.benchmarks.loop;

import io.waggle.state.topic.Topics;
import io.waggle.v1.Interaction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills topic {@code interactions} as the service does, but in batches. One thread. */
public final class InteractionWriter implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  public InteractionWriter(String bootstrapServers) {
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5", "batch.size", "131072"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Hands over one interaction; waits where the buffer is full. */
  public void write(Interaction interaction) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topics.INTERACTIONS,
                null,
                interaction.getEventTimeMillis(),
                interaction.getUserId().getBytes(StandardCharsets.UTF_8),
                interaction.toByteArray()),
            (metadata, problem) -> {
              if (problem != null) {
                failure.compareAndSet(null, problem);
              }
            });
  }

  /**
   * Waits until everything is in the topic.
   *
   * @throws IllegalStateException when the broker refused something
   */
  public void flush() {
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("interactions were not written", failure.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
