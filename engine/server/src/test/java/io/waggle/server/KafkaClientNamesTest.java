package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.config.KafkaConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client file may hold, beside what the Kafka clients of this build know. */
final class KafkaClientNamesTest {
  private static final Pattern THE_WAY_THERE =
      Pattern.compile(
          "(security|sasl|ssl)\\..*|client\\.dns\\.lookup|connections\\.max\\.idle\\.ms"
              + "|socket\\.connection\\.setup\\.timeout(\\.max)?\\.ms");

  @TempDir private Path directory;

  @Test
  void everyNameOfTlsSaslAndTheConnectionMayBeSetAndNoOther() throws Exception {
    Set<String> names = new TreeSet<>(AdminClientConfig.configNames());
    names.addAll(ConsumerConfig.configNames());
    names.addAll(ProducerConfig.configNames());

    for (String name : names) {
      Path file = Files.writeString(directory.resolve("client.properties"), name + "=value\n");
      if (THE_WAY_THERE.matcher(name).matches()) {
        assertThat(KafkaConnection.of("localhost:9092", file).references()).containsKey(name);
      } else {
        assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", file))
            .hasMessageStartingWith("kafkaClientFile: " + name + " in ");
      }
    }
  }
}
