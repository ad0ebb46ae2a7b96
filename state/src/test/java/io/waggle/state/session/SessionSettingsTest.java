package io.waggle.state.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void defaultsAreThirtyMinutesSevenDaysAndNinetyDays() {
    assertThat(SessionSettings.DEFAULT)
        .isEqualTo(
            new SessionSettings(Duration.ofMinutes(30), Duration.ofDays(7), Duration.ofDays(90)));
  }

  @Test
  void aGapOfNothingIsRefusedWithItsNameAndValue() {
    assertThatThrownBy(() -> new SessionSettings(Duration.ZERO, HOUR, HOUR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gap: PT0S (expected: 1 ms to 36,525 days)");
  }

  @Test
  void aNegativeHalfLifeIsRefused() {
    assertThatThrownBy(() -> new SessionSettings(HOUR, HOUR.negated(), HOUR))
        .hasMessageStartingWith("affinityHalfLife: PT-1H");
  }

  @Test
  void aTimeToLiveBeyondACenturyIsRefused() {
    assertThatThrownBy(() -> new SessionSettings(HOUR, HOUR, Duration.ofDays(40_000)))
        .hasMessageStartingWith("timeToLive: PT960000H");
  }

  @Test
  void aUserIsNotForgottenBeforeTheSessionCanEnd() {
    assertThatThrownBy(() -> new SessionSettings(HOUR, HOUR, HOUR.minusMillis(1)))
        .hasMessage("timeToLive: PT59M59.999S (expected: at least the gap, PT1H)");
  }
}
