package io.waggle.state.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions as numbers: in which order they are, and what they say. */
class ModelVersionsTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long LATEST = 9_999_999_999_999L;

  @Test
  void withoutAnEpochAVersionIsItsTime() {
    assertThat(ModelVersions.at(0, NOW)).isEqualTo(NOW);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, ModelVersions.LARGEST_EPOCH})
  void aVersionSaysItsEpochAndItsTime(long epoch) {
    for (long millis : new long[] {0, NOW, LATEST}) {
      long version = ModelVersions.at(epoch, millis);

      assertThat(ModelVersions.epoch(version)).isEqualTo(epoch);
      assertThat(ModelVersions.millis(version)).isEqualTo(millis);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, ModelVersions.LARGEST_EPOCH})
  void everyVersionOfAnEpochIsLargerThanAllOfTheEpochBefore(long epoch) {
    assertThat(ModelVersions.first(epoch)).isGreaterThan(ModelVersions.at(epoch - 1, LATEST));
  }

  @Test
  void theNextVersionIsItsTimeAlsoInALaterEpoch() {
    assertThat(ModelVersions.next(2, ModelVersions.at(2, NOW), NOW + 5))
        .isEqualTo(ModelVersions.at(2, NOW + 5));
    assertThat(ModelVersions.next(2, ModelVersions.at(1, NOW + 9), NOW))
        .isEqualTo(ModelVersions.at(2, NOW));
  }

  @Test
  void theNextVersionIsLargerThoughTheClockWentBack() {
    long version = ModelVersions.at(2, NOW);

    assertThat(ModelVersions.next(2, version, NOW - 5)).isEqualTo(version + 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, ModelVersions.LARGEST_EPOCH + 1})
  void anEpochOutOfRangeIsRefused(long epoch) {
    assertThatThrownBy(() -> ModelVersions.checkedEpoch("epoch", epoch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epoch: %d (expected: 0 to 100000)", epoch);
  }
}
