package io.waggle.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.state.topic.Topics;
import io.waggle.v1.RankRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Requests to topic {@code rank-requests}, their rankings from topic {@code rankings}; a thread of
 * its own reads. What is waited for is bounded by the calls in flight.
 */
final class TopicCaller implements Caller {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Requests requests;
  private final ConcurrentMap<String, Ended> waiting = new ConcurrentHashMap<>();
  private final Thread reader;
  private volatile boolean running = true;
  private long sent;

  /** Reads what is written from now on. */
  TopicCaller(String bootstrapServers, Requests requests) {
    this.requests = requests;
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
        consumer.partitionsFor(Topics.RANKINGS).stream()
            .map(partition -> new TopicPartition(Topics.RANKINGS, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // The end is looked up when it is asked for, and it must be the end of now.
    partitions.forEach(consumer::position);
    reader = new Thread(this::read, "waggle-bench-rankings");
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void send(long number, Ended ended) {
    // Of its own, as another turn begins to count anew.
    String id = "asked-" + sent++;
    RankRequest request = requests.message(number).toBuilder().setDecisionId(id).build();
    waiting.put(id, ended);
    var unused =
        producer.send(
            new ProducerRecord<>(
                Topics.RANK_REQUESTS, request.getUserId().getBytes(UTF_8), request.toByteArray()),
            (metadata, problem) -> {
              if (problem != null && waiting.remove(id) != null) {
                ended.failed(problem);
              }
            });
  }

  private void read() {
    while (running) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Ended ended = waiting.remove(decisionId(record));
        if (ended != null) {
          ended.answered();
        }
      }
    }
  }

  private static String decisionId(ConsumerRecord<byte[], byte[]> record) {
    try {
      return WatchRankingsResponse.parseFrom(record.value()).getRanking().getDecisionId();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a ranking that is none", e);
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
