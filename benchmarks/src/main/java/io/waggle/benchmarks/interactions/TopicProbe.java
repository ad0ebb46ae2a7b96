package io.waggle.benchmarks.interactions;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records to one topic and waits for what answers them on another; a thread of its own reads.
 * Send from one thread.
 */
final class TopicProbe implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  /** The id that an answer names; empty: none that anybody waits for. */
  @FunctionalInterface
  interface Answered extends Function<ConsumerRecord<byte[], byte[]>, String> {}

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader;
  private final Answered answered;
  private volatile Arrivals arrivals = new Arrivals();
  private volatile boolean running = true;

  /** Reads what is written to {@code out} from now on. */
  TopicProbe(String bootstrapServers, String out, Answered answered) {
    this.answered = answered;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "0", "acks", "1"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "fetch.min.bytes", "1"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(out).stream()
            .map(partition -> new TopicPartition(out, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // The end is looked up when it is asked for, and it must be the end of now.
    partitions.forEach(consumer::position);
    reader = new Thread(this::read, "waggle-probe-" + out);
    reader.setDaemon(true);
    reader.start();
  }

  /** What is sent from now on is counted there. */
  void into(Arrivals next) {
    arrivals = next;
  }

  /** Sends it. */
  void send(String id, long dueNanos, ProducerRecord<byte[], byte[]> record) {
    Arrivals counted = arrivals;
    counted.sent(id, dueNanos);
    var unused =
        producer.send(
            record,
            (metadata, problem) -> {
              if (problem != null) {
                counted.failed(id);
              }
            });
  }

  private void read() {
    while (running) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        arrivals.arrived(answered.apply(record));
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    running = false;
    reader.join();
    consumer.close();
    producer.close();
  }
}
