package io.waggle.state.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
  @Test
  void aNameIsReadAsItIsWritten() {
    ModelName name = new ModelName("front-page", "squarecb.v2", 1_795_000_000_000L);

    assertThat(name).hasToString("front-page/squarecb.v2@1795000000000");
    assertThat(ModelName.parse(name.toString())).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "a@b", "a b", "a\\b", "ä", "-a", "a\n"})
  void aNameThatCouldLeaveItsFolderIsRefused(String part) {
    assertThatThrownBy(() -> new ModelName(part, "live", 1)).hasMessageStartingWith("surface: ");
    assertThatThrownBy(() -> new ModelName("front", part, 1)).hasMessageStartingWith("policy: ");
  }

  @Test
  void longerNamesThanAFileSystemTakesAreRefused() {
    assertThat(new ModelName("a".repeat(128), "live", 1).surface()).hasSize(128);
    assertThatThrownBy(() -> new ModelName("a".repeat(129), "live", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "front",
        "front/live",
        "front/live@",
        "front/live@x",
        "front/live@0",
        "front/live@-1",
        "front/live@1234567890123456789",
        "a/b/c@1",
        "front@1"
      })
  void whatIsNotAVersionIsRefused(String text) {
    assertThatThrownBy(() -> ModelName.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }
}
