package io.waggle.server.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RareWarningsTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<String> said = new ArrayList<>();
  private long now;
  private final RareWarnings warnings = new RareWarnings(said::add, () -> now);

  @Test
  void theSameReasonIsToldAtOnceAndThenOnceAMinuteWithHowOftenItWasNot() {
    for (int i = 0; i < 130; i++) {
      warnings.warn("reading starts over", "refused, attempt " + i);
      now += SECOND;
    }

    assertThat(said)
        .containsExactly(
            "reading starts over: refused, attempt 0",
            "reading starts over: refused, attempt 60 (59 times more meanwhile)",
            "reading starts over: refused, attempt 120 (59 times more meanwhile)");
  }

  @Test
  void anotherReasonIsToldAtOnceAlsoWhereTheyTakeTurns() {
    for (int i = 0; i < 10; i++) {
      warnings.warn("reading starts over", "refused");
      warnings.warn("reading starts over", "gone");
    }

    assertThat(said).containsExactly("reading starts over: refused", "reading starts over: gone");
  }

  @Test
  void ofMoreReasonsThanAreKeptTheOldestIsForgotten() {
    for (int i = 0; i <= RareWarnings.REASONS; i++) {
      warnings.warn("it fails", "x".repeat(i + 1));
    }
    warnings.warn("it fails", "x".repeat(2));
    warnings.warn("it fails", "x");

    assertThat(said).hasSize(RareWarnings.REASONS + 2).endsWith("it fails: x");
  }
}
