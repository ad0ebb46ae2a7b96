package io.waggle.benchmarks.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.session.SessionSettings;
import org.junit.jupiter.api.Test;

class SessionSizesTest {
  private final SessionSizes sizes = SessionSizes.folded(SessionSettings.DEFAULT);

  @Test
  void valuesGrowAsSessionsDoAndThenStayAsTheyDo() {
    byte[] value = sizes.next("user", null);
    assertThat(value).hasSize(sizes.bytes(1)).hasSizeBetween(50, 300);

    for (int count = 2; count <= 500; count++) {
      value = sizes.next("user", value);
    }

    assertThat(value).hasSize(sizes.bytes(500)).hasSize(sizes.bytes(400));
    assertThat(value.length).isBetween(1_500, 6_000);
  }

  @Test
  void usersHaveDifferentValues() {
    assertThat(sizes.next("user-1", null)).isNotEqualTo(sizes.next("user-2", null));
  }
}
