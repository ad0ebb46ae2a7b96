package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.server.ServerSettings.Limits;
import io.waggle.state.view.ViewMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingsTest {
  @Test
  void limitsHaveTheirDocumentedDefaults() {
    Limits limits = ServerSettings.of("0.0.0.0", 8080, "kafka:9092", Path.of("views")).limits();

    assertThat(limits.maxRequestBytes()).isEqualTo(4_194_304);
    assertThat(limits.decisionBufferBytes()).isEqualTo(67_108_864);
    assertThat(limits.feedbackBufferBytes()).isEqualTo(16_777_216);
    assertThat(limits.feedbackTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(limits.maxFutureTime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(limits.maxEventAge()).isEqualTo(Duration.ofDays(7));
    assertThat(limits.maxWatchers()).isEqualTo(1_000);
    assertThat(limits.watchQueueLength()).isEqualTo(64);
    assertThat(limits.viewMemory()).isEqualTo(ViewMemory.DEFAULT);
    assertThat(ServerSettings.Recent.DEFAULT)
        .isEqualTo(new ServerSettings.Recent(16_777_216, 67_108_864));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kafka", "kafka:x", "a:1,", "a:1 b:2"})
  void brokersAreHostAndPort(String servers) {
    assertThatThrownBy(() -> ServerSettings.of("h", 0, servers, Path.of("views")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bootstrapServers: " + servers + " (expected: host:port, separated by commas)");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void aPortIsInRange(int port) {
    assertThatThrownBy(() -> ServerSettings.of("h", port, "a:1,b:2", Path.of("views")))
        .hasMessage("port: " + port + " (expected: 0 to 65535)");
  }

  @Test
  void aBufferSmallerThanARequestIsRefused() {
    assertThatThrownBy(
            () ->
                new Limits(
                    4_096,
                    4_095,
                    4_096,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    0,
                    1,
                    ViewMemory.DEFAULT))
        .hasMessage("decisionBufferBytes: 4095 (expected: at least maxRequestBytes)");
  }
}
