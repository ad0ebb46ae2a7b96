package io.waggle.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KafkaConnectionTest {
  private static final String SECRET = "hive-7301";

  @TempDir private Path directory;

  @Test
  void withoutAFileAClientHasItsOwnSettingsAndTheAddresses() {
    KafkaConnection plain = KafkaConnection.of("localhost:9092", null);

    assertThat(plain.client(Map.of("acks", "all")))
        .containsOnly(Map.entry("acks", "all"), Map.entry("bootstrap.servers", "localhost:9092"));
  }

  @Test
  void aClientGetsReferencesThatItResolvesItselfAndNeverAValue() throws Exception {
    Path file = file("security.protocol=SASL_SSL\nsasl.jaas.config=password=\"" + SECRET + "\";\n");
    KafkaConnection connection = KafkaConnection.of("localhost:9092", file);

    assertThat(connection.client(Map.of()))
        .containsEntry("security.protocol", "${file:" + file + ":security.protocol}")
        .containsEntry("sasl.jaas.config", "${file:" + file + ":sasl.jaas.config}")
        .containsEntry("config.providers", "file");
    assertThat(connection.toString() + connection.client(Map.of()) + connection.properties())
        .doesNotContain(SECRET);
  }

  @Test
  void whatAClientSetsItselfIsNotReplaced() throws Exception {
    KafkaConnection connection =
        KafkaConnection.of("localhost:9092", file("connections.max.idle.ms=5\n"));

    assertThat(connection.client(Map.of("connections.max.idle.ms", 7)))
        .containsEntry("connections.max.idle.ms", 7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "group.id",
        "enable.idempotence",
        "isolation.level",
        "transactional.id",
        "acks",
        "key.serializer",
        "bootstrap.servers",
        "client.id"
      })
  void whatWaggleMustOwnIsRefusedByName(String name) throws Exception {
    Path file = file(name + "=" + SECRET + "\n");

    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kafkaClientFile: %s in %s (expected: absent, Waggle sets it itself)", name, file);
  }

  @Test
  void aMisspeltNameIsRefusedWithoutItsValue() throws Exception {
    Path file = file("sasl.mechansim=PLAIN\nsasl.jaas.confg=" + SECRET + "\n");

    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", file))
        .hasMessage(
            "kafkaClientFile: sasl.jaas.confg in %s (expected: a setting of Kafka's clients about"
                + " TLS, SASL or the connection)",
            file)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void aFileThatIsNoneOrEmptyIsRefusedWithoutWhatItHolds() throws Exception {
    Path gone = directory.resolve("gone.properties");
    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", gone))
        .hasMessage("kafkaClientFile: %s (expected: a file that can be read)", gone);

    Path empty = file("# nothing\n");
    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", empty))
        .hasMessage(
            "kafkaClientFile: %s (expected: at least one setting, as security.protocol)", empty);

    Path broken = file("sasl.jaas.config=" + SECRET + "\\u12\n");
    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", broken))
        .hasMessageStartingWith("kafkaClientFile: " + broken + " (expected: a properties file")
        .hasNoCause();
  }

  @Test
  void aPathThatKafkaCouldNotReferToIsRefused() {
    assertThatThrownBy(() -> KafkaConnection.of("localhost:9092", Path.of("/a:b")))
        .hasMessage("kafkaClientFile: /a:b (expected: a path without ':' and '}')");
  }

  @Test
  void aClientThatCannotBeMadeIsToldByTheKindOfFailureAlone() throws Exception {
    KafkaConnection connection =
        KafkaConnection.of("localhost:9092", file("security.protocol=SSL\n"));
    RuntimeException failure =
        new IllegalStateException("x", new IllegalArgumentException("found [" + SECRET + "]"));

    assertThat(connection.unusable(failure))
        .hasMessageContaining("IllegalStateException, IllegalArgumentException")
        .hasMessageNotContaining(SECRET)
        .hasNoCause();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("client.properties"), text);
  }
}
