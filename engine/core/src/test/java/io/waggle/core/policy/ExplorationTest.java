package io.waggle.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplorationTest {
  @Test
  void floorGivesEveryActionItsShare() {
    double[] probabilities = {1, 0, 0, 0};

    Exploration.applyFloor(probabilities, 0.2);

    assertThat(probabilities).containsExactly(new double[] {0.85, 0.05, 0.05, 0.05}, within(1e-15));
  }

  @Test
  void aDistributionThatSaysNothingBecomesUniform() {
    double[] probabilities = {0, 0, 0, 0};

    Exploration.applyFloor(probabilities, 0.02);

    assertThat(probabilities).containsExactly(0.25, 0.25, 0.25, 0.25);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void flooredProbabilitiesSumToOneAndNoneIsBelowTheFloor(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      double[] probabilities = random.doubles(random.nextInt(1, 200)).toArray();
      double floor = random.nextDouble();

      Exploration.applyFloor(probabilities, floor);

      assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-12));
      double least = floor / probabilities.length * (1 - 1e-12);
      assertThat(Arrays.stream(probabilities).min().orElseThrow()).isGreaterThanOrEqualTo(least);
    }
  }

  @Test
  void floorRefusesWhatIsNoDistribution() {
    assertThatThrownBy(() -> Exploration.applyFloor(new double[] {0.5, Double.NaN}, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("probability: NaN");
    assertThatThrownBy(() -> Exploration.applyFloor(new double[] {1.5, -0.5}, 0.1))
        .hasMessageContaining("probability: -0.5");
    assertThatThrownBy(() -> Exploration.applyFloor(new double[] {1, 1.0 / 0}, 0.1))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> Exploration.applyFloor(new double[0], 0.1))
        .hasMessageContaining("at least one");
    assertThatThrownBy(() -> Exploration.applyFloor(new double[] {1}, 1.1))
        .hasMessageContaining("floor: 1.1");
    assertThatThrownBy(() -> Exploration.applyFloor(new double[] {1}, Double.NaN))
        .hasMessageContaining("floor: NaN");
  }

  /** Decisions already logged are reproduced from these: they must never change. */
  @Test
  void seedsAndDrawsAreTheSameForEver() {
    assertThat(Exploration.seed("front", "d-1")).isEqualTo(0xc09b2385234adb63L);
    assertThat(Exploration.seed("", "")).isEqualTo(0x4f2db50f124040cdL);
    assertThat(Exploration.seed("vorn", "Entscheidung-\u00e4\ud83d\udc1d"))
        .isEqualTo(0x2173a91d272f4272L);
    assertThat(Exploration.uniform(0)).isEqualTo(0.8833108082136426);
    assertThat(Exploration.uniform(-1)).isEqualTo(0.8939429202831845);
  }

  @Test
  void seedTellsWhereTheSurfaceEnds() {
    assertThat(Exploration.seed("ab", "c")).isNotEqualTo(Exploration.seed("a", "bc"));
  }

  @Test
  void seedsOfManyIdsAreDistinct() {
    Set<Long> seeds = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      seeds.add(Exploration.seed("front", "d-" + i));
    }

    assertThat(seeds).hasSize(100_000);
  }

  /**
   * Chi-square with 3 degrees of freedom of 100,000 draws over consecutive ids, for each of ten
   * surfaces; 25.9 is its 1e-5 critical value.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "front", "front-2", "mail", "x1", "x2", "x3", "x4"})
  void drawsFollowTheProbabilities(String surface) {
    double[] probabilities = {0.1, 0.2, 0.3, 0.4};
    int draws = 100_000;
    int[] counts = new int[4];
    for (int i = 0; i < draws; i++) {
      counts[Exploration.draw(probabilities, Exploration.seed(surface, Integer.toString(i)))]++;
    }

    double chiSquare = 0;
    for (int i = 0; i < 4; i++) {
      double expected = draws * probabilities[i];
      chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assertThat(chiSquare).isLessThan(25.9);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void anActionOfProbabilityZeroIsNeverDrawn(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 20_000; run++) {
      double[] probabilities = new double[random.nextInt(1, 12)];
      probabilities[random.nextInt(probabilities.length)] = Math.pow(10, -random.nextInt(300));
      for (int i = 0; i < probabilities.length; i++) {
        if (random.nextInt(3) == 0) {
          probabilities[i] = random.nextDouble();
        }
      }

      assertThat(probabilities[Exploration.draw(probabilities, random.nextLong())]).isPositive();
    }
  }

  @Test
  void roundingAtTheEndStaysOnTheLastPossibleAction() {
    // The smallest sum there is: u * sum rounds to the sum itself for every u of at least 1/2.
    double[] probabilities = {0, Double.MIN_VALUE, 0};

    for (long seed = 0; seed < 100; seed++) {
      assertThat(Exploration.draw(probabilities, seed)).isEqualTo(1);
    }
  }

  @Test
  void drawRefusesWhatIsNoDistribution() {
    assertThatThrownBy(() -> Exploration.draw(new double[] {0, 0}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sum 0");
    assertThatThrownBy(() -> Exploration.draw(new double[0], 1)).hasMessageContaining("sum 0");
    assertThatThrownBy(() -> Exploration.draw(new double[] {Double.NaN}, 1))
        .hasMessageContaining("NaN");
  }
}
