package io.waggle.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.config.ConfigFile;
import io.waggle.core.config.KafkaConnection;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.state.registry.Retention;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
  private static final String REQUIRED =
      """
      bootstrapServers: localhost:9092
      surfaces: surfaces
      checkpointDirectory: file:///var/lib/waggle
      """;

  @Test
  void absentKeysTakeTheirDefaults() {
    assertThat(parse(REQUIRED).settings())
        .isEqualTo(
            new JobSettings(
                KafkaConnection.plain("localhost:9092"),
                "waggle",
                1,
                URI.create("file:///var/lib/waggle"),
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                null,
                null,
                0));
  }

  @Test
  void aRegistryNeedsItsDirectoryAlone() {
    assertThat(parse(REQUIRED + "registry: {directory: \"file:///r\"}").settings().registry())
        .isEqualTo(
            new RegistrySettings(
                URI.create("file:///r"),
                Duration.ofSeconds(10),
                new Retention(30, Duration.ofDays(7))));
  }

  @Test
  void aDecisionLogNeedsItsDirectoryAlone() {
    assertThat(parse(REQUIRED + "decisionLog: {directory: \"file:///d\"}").settings().decisionLog())
        .isEqualTo(
            new DecisionLogSettings(URI.create("file:///d"), Duration.ofMinutes(5), 67_108_864));
  }

  @Test
  void everyKeyCanBeSet(@TempDir Path directory) throws Exception {
    Path clientFile =
        Files.writeString(directory.resolve("client"), "security.protocol=SASL_SSL\n");
    JobSettings settings =
        parse(
                REQUIRED
                    + """
                    group: other
                    parallelism: 3
                    checkpointInterval: PT10S
                    disorder: PT2S
                    silence: PT5S
                    registry:
                      directory: s3://models/waggle
                      every: PT1M
                      keep: 5
                      keepFor: PT48H
                    decisionLog:
                      directory: s3://log/decisions
                      rollEvery: PT1M
                      rollBytes: 1000000
                    epoch: 2
                    kafkaClientFile: %s
                    """
                        .formatted(clientFile))
            .settings();

    assertThat(settings)
        .isEqualTo(
            new JobSettings(
                KafkaConnection.of("localhost:9092", clientFile),
                "other",
                3,
                URI.create("file:///var/lib/waggle"),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                new RegistrySettings(
                    URI.create("s3://models/waggle"),
                    Duration.ofMinutes(1),
                    new Retention(5, Duration.ofDays(2))),
                new DecisionLogSettings(
                    URI.create("s3://log/decisions"), Duration.ofMinutes(1), 1_000_000),
                2));
  }

  @Test
  void absentRequiredKeyIsNamed() {
    assertThatThrownBy(() -> parse("surfaces: surfaces").settings())
        .hasMessage("bootstrapServers: absent (expected: a value)");
  }

  @Test
  void valueOutOfRangeIsNamed() {
    assertThatThrownBy(() -> parse(REQUIRED + "parallelism: 0").settings())
        .hasMessage("parallelism: 0 (expected: at least 1)");
    assertThatThrownBy(() -> parse(REQUIRED + "epoch: -1").settings())
        .hasMessage("epoch: -1 (expected: 0 to 100000)");
    assertThatThrownBy(() -> parse(REQUIRED + "kafkaClientFile: none").settings())
        .hasMessage("kafkaClientFile: none (expected: a file that can be read)");
    assertThatThrownBy(() -> parse(REQUIRED + "silence: PT0S").settings())
        .hasMessage("silence: PT0S (expected: longer than nothing)");
    assertThatThrownBy(() -> parse(REQUIRED + "registry: {keep: 5}").settings())
        .hasMessage("registry.directory: absent (expected: a value)");
    assertThatThrownBy(
            () -> parse(REQUIRED + "registry: {directory: \"file:///r\", every: PT0S}").settings())
        .hasMessage("registry.every: PT0S (expected: longer than nothing)");
    assertThatThrownBy(() -> parse(REQUIRED + "decisionLog: {rollBytes: 5}").settings())
        .hasMessage("decisionLog.directory: absent (expected: a value)");
    assertThatThrownBy(() -> parse(REQUIRED + "decisionLog: {directory: relative}").settings())
        .hasMessageStartingWith("decisionLog.directory: relative (expected: a URI with a scheme");
    String log = REQUIRED + "decisionLog: {directory: \"file:///d\", ";
    assertThatThrownBy(() -> parse(log + "rollEvery: PT0.5S}").settings())
        .hasMessage("decisionLog.rollEvery: PT0.5S (expected: PT1S to PT24H)");
    assertThatThrownBy(() -> parse(log + "rollBytes: 5}").settings())
        .hasMessage("decisionLog.rollBytes: 5 (expected: 65536 to 1073741824)");
    assertThatThrownBy(() -> parse(REQUIRED + "registry: {directory: relative}").settings())
        .hasMessageStartingWith("registry.directory: relative (expected: a URI with a scheme");
  }

  @Test
  void surfacesAreReadAndChecked(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("home.yaml");
    Files.writeString(
        file,
        """
        name: home
        livePolicy: uniform
        policies:
          - name: uniform
            uniform: {}
        reward: {}
        """);
    JobConfig config =
        new JobConfig(
            "localhost:9092", file, null, null, null, null, null, null, null, null, null, null);

    assertThat(config.loadSurfaces().find("home")).isNotNull();
  }

  private static JobConfig parse(String yaml) {
    return ConfigFile.parse(yaml, JobConfig.class);
  }
}
