package io.waggle.app.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import io.waggle.state.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker for learning jobs that fail: decisions and rewards have one partition each, so that they
 * have one order, and times may be old. One thread.
 */
final class LearningBroker implements AutoCloseable {
  private final EmbeddedKafka kafka;
  private final KafkaProducer<byte[], byte[]> producer;

  LearningBroker(Path directory) throws Exception {
    kafka = EmbeddedKafka.start(directory);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      admin
          .createTopics(List.of(onePartition(Topics.DECISIONS), onePartition(Topics.REWARDS)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
    EmbeddedTopics.createForOldTimes(bootstrapServers());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static NewTopic onePartition(String name) {
    return new NewTopic(name, 1, (short) 1).configs(Map.of("retention.ms", "-1"));
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Not waited for: {@link #flush} does. */
  void produce(String topic, long timeMillis, Message message) {
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic, null, timeMillis, "key".getBytes(UTF_8), message.toByteArray()));
  }

  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    kafka.close();
  }
}
