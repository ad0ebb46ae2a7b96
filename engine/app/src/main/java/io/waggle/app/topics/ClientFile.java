package io.waggle.app.topics;

import io.waggle.core.config.KafkaConnection;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of commands that reach brokers with TLS or credentials. */
public final class ClientFile {
  @Option(
      names = "--kafka-client-file",
      paramLabel = "FILE",
      description = {
        "Properties file with Kafka's settings of TLS and SASL,",
        "as the processes' kafkaClientFile."
      })
  private @Nullable Path file;

  /**
   * The way to brokers.
   *
   * @throws IllegalArgumentException as {@code kafkaClientFile: name (expected: ...)}
   */
  public KafkaConnection reach(String bootstrapServers) {
    return KafkaConnection.of(bootstrapServers, file);
  }
}
