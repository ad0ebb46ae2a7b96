package io.waggle.state.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.HeldReward;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AggregationTest {
  @ParameterizedTest
  @CsvSource({"FIRST,-3", "LAST,-1", "SUM,-6", "MEAN,-2", "MIN,-3", "MAX,-1"})
  void negativeRewardsAggregateLikeAnyOther(String aggregation, double expected) {
    List<HeldReward> rewards = List.of(held(20, -2), held(30, -1), held(10, -3));

    assertThat(aggregate(aggregation, rewards)).isEqualTo(expected);
  }

  @Test
  void ofRewardsAtTheSameTimeArrivalDecides() {
    List<HeldReward> rewards = List.of(held(5, 1), held(5, 2), held(5, 3));

    assertThat(aggregate("FIRST", rewards)).isEqualTo(1);
    assertThat(aggregate("LAST", rewards)).isEqualTo(3);
  }

  @Test
  void sumIsKeptWithinTheRange() {
    assertThat(aggregate("SUM", List.of(held(1, 7), held(2, 7)))).isEqualTo(10);
    assertThat(aggregate("SUM", List.of(held(1, -7), held(2, -7)))).isEqualTo(-10);
  }

  @ParameterizedTest
  @CsvSource({"FIRST,-2", "LAST,0.5", "SUM,-0.5", "MEAN,-0.125", "MIN,-2", "MAX,1"})
  void derivedRewardsAreKeptWithinTheirCap(String aggregation, double expected) {
    // Derived: 3 and 0.5, cut to 1 and 0.5 where one is taken, their sum to 1 where they are added.
    List<HeldReward> rewards =
        List.of(held(10, -2), derived(20, 3), held(30, 0.5), derived(40, 0.5));

    assertThat(aggregate(aggregation, rewards, 1)).isEqualTo(expected);
    assertThat(aggregate(aggregation, List.of(held(1, -5), derived(2, -6)), 1))
        .isBetween(-6.0, -1.0);
  }

  @Test
  void derivedRewardsCountOnlyWhereNoExplicitOneWins() {
    List<HeldReward> derived = List.of(derived(1, 1), derived(2, 2));
    List<HeldReward> both = List.of(derived(1, 1), held(2, -3), derived(3, 1));

    assertThat(Aggregation.counted(derived, combined(false))).isEqualTo(derived);
    assertThat(Aggregation.counted(both, combined(false))).containsExactly(held(2, -3));
    assertThat(Aggregation.counted(both, combined(true))).isEqualTo(both);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aggregatesAreOrderedAndIndifferentToArrival(long seed) {
    Random random = new Random(seed);
    List<HeldReward> rewards = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(12); i++) {
      rewards.add(held(i, random.nextInt(-10, 11) / 16.0));
    }
    double min = aggregate("MIN", rewards);
    double max = aggregate("MAX", rewards);
    double mean = aggregate("MEAN", rewards);
    double[] values = rewards.stream().mapToDouble(HeldReward::getValue).toArray();

    assertThat(mean).isBetween(min, max);
    assertThat(values).contains(min).contains(max);
    assertThat(DoubleStream.of(values).sum()).isEqualTo(aggregate("SUM", rewards));
    assertThat(mean * values.length).isCloseTo(aggregate("SUM", rewards), within(1e-12));
    List<HeldReward> shuffled = new ArrayList<>(rewards);
    Collections.shuffle(shuffled, random);
    for (String aggregation : List.of("FIRST", "LAST", "SUM", "MEAN", "MIN", "MAX")) {
      assertThat(aggregate(aggregation, shuffled)).isEqualTo(aggregate(aggregation, rewards));
    }
  }

  private static double aggregate(String aggregation, List<HeldReward> rewards) {
    return Aggregation.of(
        rewards,
        Joins.settings(
            RewardAggregation.valueOf("REWARD_AGGREGATION_" + aggregation),
            LearnWhen.LEARN_WHEN_WINDOW_END));
  }

  private static double aggregate(String aggregation, List<HeldReward> rewards, double cap) {
    return Aggregation.of(
        rewards,
        Joins.derived(
            RewardAggregation.valueOf("REWARD_AGGREGATION_" + aggregation),
            LearnWhen.LEARN_WHEN_WINDOW_END,
            cap,
            true));
  }

  private static RewardSettings combined(boolean together) {
    return Joins.derived(
        RewardAggregation.REWARD_AGGREGATION_SUM, LearnWhen.LEARN_WHEN_WINDOW_END, 1, together);
  }

  private static HeldReward derived(long timeMillis, double value) {
    return held(timeMillis, value).toBuilder().setDerived(true).build();
  }

  private static HeldReward held(long timeMillis, double value) {
    return HeldReward.newBuilder().setEventTimeMillis(timeMillis).setValue(value).build();
  }
}
