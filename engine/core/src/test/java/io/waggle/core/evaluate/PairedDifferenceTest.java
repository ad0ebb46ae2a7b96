package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.ConfidenceInterval;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairedDifferenceTest {
  private static final double[] FIRST = {0.7, 0.2, 0.1};
  private static final double[] SECOND = {0.1, 0.2, 0.7};

  @Test
  void twoPoliciesThatAgreeDifferByNothingHoweverLargeTheWeights() {
    PairedDifference difference = new PairedDifference(0, 1, 0.05);
    for (int i = 0; i < 10_000; i++) {
      difference.add(FIRST, FIRST, i % 3, 0.001, i % 2, 1);
    }

    ConfidenceInterval interval = difference.interval();

    assertThat(difference.estimate()).isZero();
    assertThat(difference.fixedTimeHalfWidth()).isZero();
    assertThat(interval.getLower()).isBetween(-0.02, 0.0);
    assertThat(interval.getUpper()).isBetween(0.0, 0.02);
    assertThat(interval.getMethod()).isEqualTo(PairedDifference.METHOD);
  }

  @Test
  void withoutADecisionNothingIsKnown() {
    PairedDifference difference = new PairedDifference(-2, 2, 0.05);

    assertThat(difference.estimate()).isZero();
    assertThat(difference.interval().getLower()).isEqualTo(-4);
    assertThat(difference.interval().getUpper()).isEqualTo(4);
  }

  /** Rewards and the logger move; the difference is that of the values so far. */
  @Test
  void theIntervalHoldsAtEveryLookInAllButAlphaOfTheRuns() {
    int runs = 300;
    int missed = 0;
    for (long seed = 0; seed < runs; seed++) {
      missed += missesAtAnyLook(seed, 1) ? 1 : 0;
    }

    assertThat(missed).isLessThanOrEqualTo(runs / 20);
  }

  @Test
  void ofAThinnedLogItHoldsToo() {
    int runs = 200;
    int missed = 0;
    for (long seed = 1_000; seed < 1_000 + runs; seed++) {
      missed += missesAtAnyLook(seed, 0.4) ? 1 : 0;
    }

    assertThat(missed).isLessThanOrEqualTo(runs / 20);
  }

  private static boolean missesAtAnyLook(long seed, double keptWithoutReward) {
    SplittableRandom random = new SplittableRandom(seed);
    PairedDifference difference = new PairedDifference(0, 1, 0.05);
    double truth = 0;
    double counted = 0;
    for (int t = 1; t <= 2_000; t++) {
      boolean late = t > 1_000;
      double[] logger = late ? new double[] {0.1, 0.1, 0.8} : new double[] {0.6, 0.3, 0.1};
      double[] means = late ? new double[] {0.2, 0.5, 0.6} : new double[] {0.8, 0.5, 0.1};
      int chosen = draw(random, logger);
      double reward = random.nextDouble() < means[chosen] ? 1 : 0;
      double kept = t % 2 == 0 ? keptWithoutReward : 1;
      if (random.nextDouble() < kept) {
        difference.add(FIRST, SECOND, chosen, logger[chosen], reward, kept);
        double now = 0;
        for (int i = 0; i < means.length; i++) {
          now += (FIRST[i] - SECOND[i]) * means[i];
        }
        truth += now / kept;
        counted += 1 / kept;
        if (t % 50 == 0) {
          ConfidenceInterval interval = difference.interval();
          double value = truth / counted;
          if (value < interval.getLower() || value > interval.getUpper()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theEstimateIsNearTheTruth(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PairedDifference difference = new PairedDifference(0, 1, 0.05);
    double[] logger = {0.4, 0.3, 0.3};
    double[] means = {0.6, 0.4, 0.2};
    for (int t = 0; t < 50_000; t++) {
      int chosen = draw(random, logger);
      double reward = random.nextDouble() < means[chosen] ? 1 : 0;
      difference.add(FIRST, SECOND, chosen, logger[chosen], reward, 1);
    }

    // 0.6 * (0.6 - 0.2)
    assertThat(difference.estimate()).isCloseTo(0.24, within(2 * difference.fixedTimeHalfWidth()));
    assertThat(difference.interval().getLower()).isGreaterThan(0.2);
  }

  @Test
  void oneSlotOfSeveralIsWorthItsPartOfTheMean() {
    PairedDifference difference = new PairedDifference(0, 1, 0.05);
    for (int i = 0; i < 5_000; i++) {
      difference.addSlots(
          new double[] {0.5, 0.8},
          new double[] {0.5, 0.2},
          new double[] {0.5, 0.5},
          new double[] {1, 1},
          1);
    }

    // The second slot's weights are 1.6 and 0.4, its part of the mean one half.
    assertThat(difference.interval().getLower()).isLessThan(0.6);
    assertThat(difference.count()).isEqualTo(5_000);
  }

  private static int draw(SplittableRandom random, double[] probabilities) {
    double left = random.nextDouble();
    int action = 0;
    while (action < probabilities.length - 1 && left >= probabilities[action]) {
      left -= probabilities[action++];
    }
    return action;
  }
}
