package io.waggle.state.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RewardSettingsTest {
  private static final RewardAggregation SUM = RewardAggregation.REWARD_AGGREGATION_SUM;
  private static final LearnWhen END = LearnWhen.LEARN_WHEN_WINDOW_END;

  @Test
  void rangeIncludesItsEnds() {
    RewardSettings settings = new RewardSettings(Duration.ofMillis(1), 0, 0, 1, SUM, END);

    assertThat(settings.accepts(0)).isTrue();
    assertThat(settings.accepts(1)).isTrue();
    assertThat(settings.accepts(1.0001)).isFalse();
    assertThat(settings.accepts(Double.NaN)).isFalse();
  }

  @Test
  void brokenSettingsAreRefusedByName() {
    refused(Duration.ZERO, 0, 0, 1, SUM, END, "reward.wait");
    refused(Duration.ofDays(2).plusMillis(1), 0, 0, 1, SUM, END, "reward.wait");
    refused(Duration.ofSeconds(1), 2, 0, 1, SUM, END, "reward.default_reward");
    refused(Duration.ofSeconds(1), Double.NaN, 0, 1, SUM, END, "reward.default_reward");
    refused(Duration.ofSeconds(1), 0, Double.NEGATIVE_INFINITY, 1, SUM, END, "reward.min");
    refused(Duration.ofSeconds(1), 0, 0, 0, SUM, END, "reward.max");
    refused(Duration.ofSeconds(1), 0, 0, Double.NaN, SUM, END, "reward.max");
    refused(
        Duration.ofSeconds(1),
        0,
        0,
        1,
        RewardAggregation.REWARD_AGGREGATION_UNSPECIFIED,
        END,
        "reward.aggregation");
    refused(
        Duration.ofSeconds(1), 0, 0, 1, SUM, LearnWhen.LEARN_WHEN_UNSPECIFIED, "reward.learn_when");
  }

  private static void refused(
      Duration window,
      double defaultReward,
      double min,
      double max,
      RewardAggregation aggregation,
      LearnWhen learnWhen,
      String field) {
    assertThatThrownBy(
            () -> new RewardSettings(window, defaultReward, min, max, aggregation, learnWhen))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(field + ": ")
        .hasMessageContaining("(expected: ");
  }
}
