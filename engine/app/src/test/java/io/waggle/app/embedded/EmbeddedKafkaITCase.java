package io.waggle.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.topics.TopicsCommand;
import io.waggle.state.topic.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EmbeddedKafkaITCase {
  @TempDir Path directory;

  @Test
  void recordsAndTopicsSurviveARestartOnOtherPorts() throws Exception {
    String first;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      first = kafka.bootstrapServers();
      EmbeddedTopics.create(first);
      send(first, "before the restart");
    }

    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      String second = kafka.bootstrapServers();
      EmbeddedTopics.create(second);
      send(second, "after the restart");

      assertThat(second).isNotEqualTo(first);
      assertThat(read(second, 2)).containsExactly("before the restart", "after the restart");
    }
  }

  @Test
  void everyTopicOfTheLoopIsThereWithItsPartitions() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      EmbeddedTopics.create(kafka.bootstrapServers());
      EmbeddedTopics.create(kafka.bootstrapServers());

      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        List<String> names = Topics.ALL.stream().map(Topics.Topic::name).toList();
        Map<String, TopicDescription> topics =
            admin.describeTopics(names).allTopicNames().get(30, TimeUnit.SECONDS);

        assertThat(topics).hasSameSizeAs(names);
        assertThat(topics)
            .hasEntrySatisfying(Topics.MODELS, topic -> assertThat(topic.partitions()).hasSize(1))
            .hasEntrySatisfying(
                Topics.DECISIONS,
                topic -> assertThat(topic.partitions()).hasSize(EmbeddedTopics.PARTITIONS));
      }
    }
  }

  @Test
  void theCommandMakesChecksAndNamesTopics() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      String[] wanted = {"--bootstrap", kafka.bootstrapServers(), "--partitions", "3"};

      assertThat(topics("check", wanted, "--replicas", "1")).startsWith("1 interactions: topic");
      assertThat(topics("create", wanted, "--replicas", "1", "--dry-run"))
          .startsWith("0 would create: 15 topics");
      assertThat(topics("create", wanted, "--replicas", "1")).startsWith("0 created: 15 topics");
      assertThat(topics("create", wanted, "--replicas", "1")).startsWith("0 created: 0 topics");
      assertThat(topics("check", wanted, "--replicas", "1"))
          .isEqualTo("0 15 topics checked, all as they should be\n");
      assertThat(topics("check", wanted, "--replicas", "2", "--min-in-sync", "1"))
          .startsWith("1 interactions: replicas: 1 (expected: at least 2)");
    }
  }

  /** The exit code and what was printed. */
  private static String topics(String command, String[] wanted, String... more) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new TopicsCommand()).setOut(new PrintWriter(out));
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(wanted));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(new String[0])) + " " + out;
  }

  @Test
  void aRecordOfTheLargestModelPartIsTaken() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      EmbeddedTopics.create(kafka.bootstrapServers());
      byte[] value = new byte[EmbeddedKafka.RECORD_BYTES_MAX - 4096];

      long offset;
      try (KafkaProducer<byte[], byte[]> producer = producer(kafka.bootstrapServers())) {
        offset =
            producer
                .send(new ProducerRecord<>(Topics.MODELS, bytes("key"), value))
                .get(30, TimeUnit.SECONDS)
                .offset();
      }

      assertThat(offset).isZero();
    }
  }

  private static void send(String bootstrapServers, String text) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
      producer
          .send(new ProducerRecord<>(Topics.MODELS, bytes(text), bytes(text)))
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.request.size",
            EmbeddedKafka.RECORD_BYTES_MAX),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static List<String> read(String bootstrapServers, int count) {
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    List<String> texts = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(Topics.MODELS, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (texts.size() < count && System.nanoTime() < deadlineNanos) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          texts.add(new String(record.value(), StandardCharsets.UTF_8));
        }
      }
    }
    return texts;
  }
}
