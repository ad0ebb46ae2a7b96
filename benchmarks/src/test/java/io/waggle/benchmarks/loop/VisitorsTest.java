package io.waggle.benchmarks.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.Interaction;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VisitorsTest {
  private static final int DRAWS = 100_000;

  @Test
  void theMostFrequentComesAsOftenAsZipfSays() {
    Visitors visitors = new Visitors("shop", 1_000, 1, 3, 1_700_000_000_000L);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < DRAWS; i++) {
      counts.merge(visitors.next().getUserId(), 1, Integer::sum);
    }

    double harmonic = 0;
    for (int user = 1; user <= 1_000; user++) {
      harmonic += 1.0 / user;
    }
    assertThat(counts.getOrDefault("user-0", 0) / (double) DRAWS)
        .isCloseTo(1 / harmonic, within(0.01));
    assertThat(counts.getOrDefault("user-9", 0) / (double) DRAWS)
        .isCloseTo(0.1 / harmonic, within(0.003));
    assertThat(counts).hasSizeLessThanOrEqualTo(1_000);
  }

  @Test
  void idsAreUniqueTimeGoesOnAndTheSameSeedIsTheSameStream() {
    Visitors visitors = new Visitors("shop", 10, 0, 4, 1_000);
    Visitors again = new Visitors("shop", 10, 0, 4, 1_000);
    Map<String, Integer> ids = new HashMap<>();
    long timeMillis = 0;
    for (int i = 0; i < 5_000; i++) {
      Interaction interaction = visitors.next();
      assertThat(interaction).isEqualTo(again.next());
      assertThat(interaction.getEventTimeMillis()).isGreaterThanOrEqualTo(timeMillis);
      timeMillis = interaction.getEventTimeMillis();
      ids.merge(interaction.getInteractionId(), 1, Integer::sum);
    }

    assertThat(ids).hasSize(5_000);
    assertThat(timeMillis).isEqualTo(1_000 + 4_999);
  }

  @Test
  void nobodyAtAllIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Visitors("shop", 0, 1, 1, 1))
        .withMessage("users: 0 (expected: at least 1)");
  }
}
