package io.waggle.state.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long START = 500_000 * HOUR;

  @Test
  void theNewestStayAndOfTheOthersTheFirstOfEachHour() {
    Retention retention = new Retention(2, Duration.ofDays(1));
    List<RegisteredModel> kept =
        models(
            START,
            START + MINUTE,
            START + HOUR,
            START + HOUR + 1,
            START + HOUR + 2,
            START + HOUR + 3);

    assertThat(retention.expired(kept, START + 2 * HOUR))
        .extracting(model -> model.getLineage().getVersion())
        .containsExactly(START + MINUTE, START + HOUR + 1);
  }

  @Test
  void whatIsTooOldGoesButTheNewestAndThePinnedStay() {
    Retention retention = new Retention(1, Duration.ofHours(3));
    List<RegisteredModel> kept = new ArrayList<>(models(START, START + HOUR, START + 2 * HOUR));
    kept.set(0, kept.get(0).toBuilder().setPinned(true).build());

    assertThat(retention.expired(kept, START + 100 * HOUR)).containsExactly(kept.get(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whateverComesTheCountIsBoundedAndAPinnedOneNeverGoes(long seed) {
    Random random = new Random(seed);
    Retention retention =
        new Retention(1 + random.nextInt(5), Duration.ofHours(1 + random.nextInt(6)));
    long bound = retention.keep() + retention.keepFor().toHours() + 1;
    List<RegisteredModel> kept = new ArrayList<>();
    List<RegisteredModel> pinned = new ArrayList<>();
    long nowMillis = START;
    for (int step = 0; step < 400; step++) {
      nowMillis += 1 + random.nextInt((int) (20 * MINUTE));
      RegisteredModel model = models(nowMillis).get(0);
      if (random.nextInt(50) == 0) {
        model = model.toBuilder().setPinned(true).build();
        pinned.add(model);
      }
      kept.add(model);
      Collections.shuffle(kept, random);

      List<RegisteredModel> expired = retention.expired(kept, nowMillis);
      kept.removeAll(expired);

      assertThat(expired).doesNotContain(model);
      assertThat(kept).containsAll(pinned);
      assertThat(kept.size()).isLessThanOrEqualTo((int) bound + pinned.size());
      assertThat(retention.expired(kept, nowMillis)).isEmpty();
    }
  }

  @Test
  void boundsThatKeepNothingAreRefused() {
    assertThatThrownBy(() -> new Retention(0, Duration.ofDays(1)))
        .hasMessage("keep: 0 (expected: at least 1)");
    assertThatThrownBy(() -> new Retention(1, Duration.ZERO)).hasMessageStartingWith("keepFor: ");
  }

  private static List<RegisteredModel> models(long... versions) {
    List<RegisteredModel> models = new ArrayList<>();
    for (long version : versions) {
      models.add(
          RegisteredModel.newBuilder()
              .setLineage(ModelLineage.newBuilder().setVersion(version).setCreatedMillis(version))
              .build());
    }
    return models;
  }
}
