package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.BoundState;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriftingLowerBoundTest {
  /** A stream whose bounds were computed independently with SciPy; 20 times over. */
  private static final double[] WEIGHTS = {1, 0, 2, .5, 1.5, 0, 3, 1, .5, 1};

  private static final double[] REWARDS = {1, 0, 1, 0, 1, 1, 1, 0, 1, 0};

  @Test
  void mixtureHasItsKnownValue() {
    DriftingLowerBound bound = withSums(1, 3, 10, 1);

    assertThat(bound.logMixture(0)).isCloseTo(-0.6597408536, within(1e-10));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void boundsOfAKnownStreamAreAsComputedElsewhere(boolean clipped) {
    DriftingLowerBound below = new DriftingLowerBound(1, clipped);
    DriftingLowerBound above = new DriftingLowerBound(1, clipped);
    DriftingLowerBound liftBelow = new DriftingLowerBound(1, clipped);
    DriftingLowerBound liftAbove = new DriftingLowerBound(1, clipped);
    for (int i = 0; i < 200; i++) {
      double w = WEIGHTS[i % 10];
      double r = REWARDS[i % 10];
      below.add(w * r);
      above.add(w * (1 - r));
      liftBelow.add((w * r + 1 - r) / 2);
      liftAbove.add((w * (1 - r) + r) / 2);
    }

    assertThat(below.sum()).isEqualTo(160);
    assertThat(below.variance()).isCloseTo(207.087549, within(1e-6));
    assertThat(below.lower(.025)).isCloseTo(.530243, within(1e-6));
    assertThat(1 - above.lower(.025)).isCloseTo(.861033, within(1e-6));
    assertThat(2 * liftBelow.lower(.025) - 1).isCloseTo(-.015361, within(1e-6));
    assertThat(1 - 2 * liftAbove.lower(.025)).isCloseTo(.253479, within(1e-6));
  }

  @Test
  void theChosenRhoIsTighterThanOneAtItsScale() {
    assertThat(withSums(10_000, 5200, 15_000, 1).lower(.025)).isCloseTo(.4701, within(5e-5));
    assertThat(withSums(10_000, 5200, 15_000, DriftingLowerBound.bestRho(15_000, .025)).lower(.025))
        .isCloseTo(.4825, within(5e-5));
  }

  /** Computed elsewhere with 50 digits, where plain doubles lose up to 0.004. */
  @ParameterizedTest
  @CsvSource({
    "0.0, 9000.0, 105.0, -2.254935801957247",
    "500.0, 9000.0, 105.0, 11.681371767745945",
    "0.0, 100000000.0, 105.0, -6.9097531518405546",
    "30000.0, 100000000.0, 105.0, -1.7188890883457103",
    "1000000.0, 100000000.0, 105.0, 4960.6928698508674",
    "100000.0, 10000000000.0, 1.0, -10.80806889881151",
    "3000000.0, 1000000000000.0, 105.0, -6.3231620511910769",
    "100000000.0, 10.0, 105.0, 99998427.910743858",
    "1000.0, 0.01, 105.0, 753.52076017272563"
  })
  void largeSumsKeepTheirPrecision(double excess, double variance, double rho, double expected) {
    DriftingLowerBound bound = withSums(1, excess, variance, rho);

    assertThat(bound.logMixture(0)).isCloseTo(expected, within(1e-6 + Math.abs(expected) * 1e-9));
  }

  @Test
  void theTwoWaysToComputeMeetWhereOneTakesOver() {
    double before = withSums(1, 700, 9_999.999 - 100, 100).logMixture(0);
    double after = withSums(1, 700, 10_000.001 - 100, 100).logMixture(0);

    assertThat(after).isCloseTo(before, within(1e-5)).isLessThan(before);
  }

  @Test
  void nothingIsClaimedBeforeTheFirstTermOrFromTermsOfZero() {
    DriftingLowerBound bound = new DriftingLowerBound(.025);
    assertThat(bound.lower(.025)).isZero();

    for (int i = 0; i < 1000; i++) {
      bound.add(0);
    }

    assertThat(bound.lower(.025)).isZero();
  }

  @Test
  void theBoundStaysAtMostOneWhenTheTermsSayMore() {
    DriftingLowerBound bound = new DriftingLowerBound(.025);
    for (int i = 0; i < 10_000; i++) {
      bound.add(5);
    }

    assertThat(bound.lower(.025)).isBetween(.9, 1.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theBoundIsBelowTheMeanAndGrowsWithAlpha(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DriftingLowerBound bound = new DriftingLowerBound(.025);
    for (int i = 0; i < 3000; i++) {
      bound.add(random.nextInt(10) == 0 ? random.nextDouble(0, 8) : 0);
      double mean = Math.min(1, bound.sum() / bound.count());

      double strict = bound.lower(.001);
      double loose = bound.lower(.1);

      assertThat(strict).isBetween(0.0, loose);
      assertThat(loose).isLessThanOrEqualTo(mean);
    }
    assertThat(bound.lower(.1)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRestoredBoundGoesOnBitForBit(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    DriftingLowerBound whole = new DriftingLowerBound(.025);
    DriftingLowerBound restored = new DriftingLowerBound(.025);
    for (int i = 0; i < 500; i++) {
      double term = random.nextDouble(0, 3);
      double zeros = random.nextInt(2) * random.nextDouble(0, 3);
      whole.add(term, zeros);
      restored.add(term, zeros);
      if (i % 97 == 0) {
        restored = DriftingLowerBound.restore(restored.state(), new DriftingLowerBound(.025));
      }
    }

    assertThat(restored.state()).isEqualTo(whole.state());
    assertThat(restored.lower(.025)).isEqualTo(whole.lower(.025));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void droppedDecisionsAreTermsOfZero(boolean clipped) {
    SplittableRandom random = new SplittableRandom(1);
    DriftingLowerBound one = new DriftingLowerBound(1, clipped);
    DriftingLowerBound each = new DriftingLowerBound(1, clipped);
    for (int i = 0; i < 2000; i++) {
      double term = random.nextDouble(0, 9);
      int zeros = random.nextInt(8);
      one.add(term, zeros);
      for (int zero = 0; zero < zeros; zero++) {
        each.add(0);
      }
      each.add(term);
    }

    assertThat(one.count()).isEqualTo(2000);
    assertThat(one.sum()).isEqualTo(each.sum());
    assertThat(one.variance()).isCloseTo(each.variance(), within(1e-7));
    assertThat(one.lower(.025)).isCloseTo(each.lower(.025), within(1e-9)).isPositive();
  }

  @Test
  void aFractionOfADroppedDecisionLiesBetweenNoneAndOne() {
    double[] bounds = new double[3];
    for (int i = 0; i < 3; i++) {
      DriftingLowerBound bound = new DriftingLowerBound(.025);
      for (int term = 0; term < 2000; term++) {
        bound.add(.8, i / 2.0);
      }
      bounds[i] = bound.lower(.025);
    }

    assertThat(bounds[1]).isBetween(bounds[2], bounds[0]);
    assertThat(bounds[2]).isBetween(.3, .4);
  }

  /**
   * Decisions kept at 0.4 and logged as such, their mean rising from 0.1 to 0.9: the share of runs
   * in which a look's bound is above the true running mean, both ways to count what was dropped.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void boundsOfAThinnedLogHoldAtEveryLook(boolean counted) {
    double kept = .4;
    int misses = 0;
    double bounds = 0;
    int runs = 200;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = new SplittableRandom(run);
      DriftingLowerBound bound = new DriftingLowerBound(.1);
      double truths = 0;
      double decisions = 0;
      int zeros = 0;
      boolean missed = false;
      for (int i = 1; i <= 4000; i++) {
        double mean = .1 + .8 * i / 4000;
        if (counted) {
          truths += mean;
          decisions++;
        }
        if (random.nextDouble() >= kept) {
          zeros++;
          continue;
        }
        if (!counted) {
          truths += mean / kept;
          decisions += 1 / kept;
        }
        bound.add((random.nextDouble() < mean ? 1 : 0) / kept, counted ? zeros : (1 - kept) / kept);
        zeros = 0;
        missed |= i % 10 == 0 && bound.lower(.1) > truths / decisions;
      }
      misses += missed ? 1 : 0;
      bounds += bound.lower(.1) / runs;
    }

    // 20 expected at most, and three standard deviations.
    assertThat(misses).isLessThanOrEqualTo(33);
    // The mean is 0.5: valid is easy when nothing is ever claimed.
    assertThat(bounds).isGreaterThan(.4);
  }

  /** A bound whose sums are given; without clipping nothing but the sums and rho matters. */
  private static DriftingLowerBound withSums(long count, double sum, double variance, double rho) {
    return DriftingLowerBound.restore(
        BoundState.newBuilder().setCount(count).setSum(sum).setVariance(variance).build(),
        new DriftingLowerBound(rho, false));
  }
}
