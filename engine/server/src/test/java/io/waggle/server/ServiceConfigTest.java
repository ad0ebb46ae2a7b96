package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.config.ConfigFile;
import io.waggle.core.config.KafkaConnection;
import io.waggle.server.ServerSettings.Limits;
import io.waggle.server.ServerSettings.Turnover;
import io.waggle.state.view.ViewMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServiceConfigTest {
  private static final String REQUIRED =
      """
      bootstrapServers: localhost:9092
      surfaces: surfaces
      viewDirectory: views
      """;

  @Test
  void absentKeysTakeTheirDefaults() {
    assertThat(parse(REQUIRED).settings())
        .isEqualTo(
            new ServerSettings(
                "0.0.0.0",
                8080,
                KafkaConnection.plain("localhost:9092"),
                Path.of("views"),
                Path.of("views", "spool"),
                null,
                Limits.DEFAULT,
                ServerSettings.Recent.DEFAULT,
                Turnover.DEFAULT));
  }

  @Test
  void everyKeyCanBeSet() {
    ServerSettings settings =
        parse(
                REQUIRED
                    + """
                    spoolDirectory: spool
                    registry: models
                    host: 127.0.0.1
                    port: 0
                    maxRequestBytes: 1048576
                    decisionBufferBytes: 2097152
                    spoolBytes: 4194304
                    feedbackBufferBytes: 3145728
                    feedbackTimeout: PT1S
                    maxFutureTime: PT1M
                    maxEventAge: PT1H
                    maxWatchers: 5
                    watchQueueLength: 7
                    recentDecisionBytes: 0
                    recentModelBytes: 9
                    warmUp: PT1.5S
                    drain: PT0S
                    """)
            .settings();

    assertThat(settings)
        .isEqualTo(
            new ServerSettings(
                "127.0.0.1",
                0,
                KafkaConnection.plain("localhost:9092"),
                Path.of("views"),
                Path.of("spool"),
                Path.of("models"),
                new Limits(
                    1_048_576,
                    2_097_152,
                    4_194_304,
                    3_145_728,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(1),
                    5,
                    7,
                    ViewMemory.DEFAULT),
                new ServerSettings.Recent(0, 9),
                new Turnover(Duration.ofMillis(1_500), Duration.ZERO)));
  }

  @Test
  void absentRequiredKeyIsNamed() {
    assertThatThrownBy(() -> parse("port: 1").settings())
        .hasMessage("bootstrapServers: absent (expected: a value)");
    assertThatThrownBy(() -> parse("bootstrapServers: localhost:9092").loadSurfaces())
        .hasMessage("surfaces: absent (expected: a value)");
  }

  @Test
  void valueOutOfRangeIsNamed() {
    assertThatThrownBy(() -> parse(REQUIRED + "drain: PT-1S").settings())
        .hasMessage("drain: PT-1S (expected: PT0S to PT10M)");
    assertThatThrownBy(() -> parse(REQUIRED + "maxWatchers: -1").settings())
        .hasMessageContaining("maxWatchers: -1 (expected: ");
    assertThatThrownBy(() -> parse(REQUIRED + "recentModelBytes: -1").settings())
        .hasMessage("recentModelBytes: -1 (expected: 0 or more)");
    assertThatThrownBy(() -> parse(REQUIRED + "recentDecisionBytes: 1073741825").settings())
        .hasMessage("recentDecisionBytes: 1073741825 (expected: 0 to 1073741824)");
  }

  @Test
  void aRegistryOnObjectStorageIsRefusedByItsKey() {
    assertThatThrownBy(() -> parse(REQUIRED + "registry: s3://bucket/registry\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("registry: s3://bucket/registry (expected: ");
  }

  private static ServiceConfig parse(String yaml) {
    return ConfigFile.parse(yaml, ServiceConfig.class);
  }
}
