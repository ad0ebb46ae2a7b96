package io.waggle.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  record Example(@Nullable Integer port, @Nullable Duration patience) {
    Example {
      port = port == null ? 8080 : port;
      patience = patience == null ? Duration.ofSeconds(1) : patience;
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
    }
  }

  @Test
  void absentKeysTakeTheRecordsDefaults() {
    assertThat(ConfigFile.parse("", Example.class))
        .isEqualTo(new Example(8080, Duration.ofSeconds(1)));
  }

  @Test
  void givenKeysAreTaken() {
    assertThat(ConfigFile.parse("port: 1\npatience: PT0.5S\n", Example.class))
        .isEqualTo(new Example(1, Duration.ofMillis(500)));
  }

  @Test
  void unknownKeyIsNamedWithTheKnownOnes() {
    assertThatThrownBy(() -> ConfigFile.parse("prot: 1", Example.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prot: unknown (expected: one of patience, port)");
  }

  @Test
  void valueOfAnotherTypeIsNamed() {
    assertThatThrownBy(() -> ConfigFile.parse("port: many", Example.class))
        .hasMessage("port: many (expected: Integer)");
  }

  @Test
  void valueOutOfRangeIsNamed() {
    assertThatThrownBy(() -> ConfigFile.parse("port: 70000", Example.class))
        .hasMessage("port: 70000 (expected: 0 to 65535)");
  }

  @Test
  void keyGivenTwiceIsRefused() {
    assertThatThrownBy(() -> ConfigFile.parse("port: 1\nport: 2", Example.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port");
  }

  @Test
  void messageNamesTheFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("waggle.yaml"), "port: -1");

    assertThatThrownBy(() -> ConfigFile.read(file, Example.class))
        .hasMessage(file + ": port: -1 (expected: 0 to 65535)");
  }
}
