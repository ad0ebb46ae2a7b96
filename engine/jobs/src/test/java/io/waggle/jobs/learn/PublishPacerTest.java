package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PublishPacerTest {
  private static final long MILLION = 1_000_000;

  private final PublishPacer pacer = new PublishPacer(500, 0.1);

  @Test
  void firstVersionMayGoAtOnce() {
    assertThat(pacer.mayPublish(1_000, 0)).isTrue();
    assertThat(pacer.mayTake(1_000)).isTrue();
  }

  @Test
  void nextVersionWaitsForTheLeastInterval() {
    assertThat(pacer.mayPublish(1_499, 1_000)).isFalse();
    assertThat(pacer.mayPublish(1_500, 1_000)).isTrue();
    assertThat(pacer.nextPublishMillis(1_000)).isEqualTo(1_500);
  }

  @Test
  void takingBytesIsPaidForByNineTimesTheCost() {
    pacer.taken(10_000, 70 * MILLION);

    assertThat(pacer.nextTakeMillis()).isEqualTo(10_630);
    assertThat(pacer.mayTake(10_629)).isFalse();
    assertThat(pacer.mayTake(10_630)).isTrue();
  }

  @Test
  void takingThatCostsNothingStopsNobody() {
    pacer.taken(10_000, 0);

    assertThat(pacer.mayTake(10_000)).isTrue();
  }

  @Test
  void clockThatWasSetBackDoesNotStopPublishing() {
    pacer.taken(1_000_000, 70 * MILLION);

    assertThat(pacer.mayTake(5_000)).isTrue();
    assertThat(pacer.mayPublish(5_000, 1_000_000)).isTrue();
  }

  @Test
  void brokenPaceIsRefused() {
    assertThatThrownBy(() -> new PublishPacer(0, 0.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PublishPacer(500, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PublishPacer(500, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void takingsNeverExceedTheirShareWhateverTheyCost(long seed) {
    Random random = new Random(seed);
    long nowMillis = 1_000;
    long startMillis = nowMillis;
    long spentMillis = 0;
    for (int i = 0; i < 500; i++) {
      nowMillis += random.nextInt(50);
      if (pacer.mayTake(nowMillis)) {
        assertThat(spentMillis).isLessThanOrEqualTo((nowMillis - startMillis) / 10 + 1);
        long costMillis = random.nextInt(200);
        nowMillis += costMillis;
        spentMillis += costMillis;
        pacer.taken(nowMillis, costMillis * MILLION);
      }
    }
    assertThat(spentMillis).isPositive();
  }
}
