package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Estimates and intervals for one look: laws that hold on any log. */
class FixedTimeEstimatesTest {
  private static final double ALPHA = 0.1;

  @Test
  void withoutADecisionThereIsNoEstimateAndNothingIsKnown() {
    CressieRead cressieRead = new CressieRead(WeightRange.ANY);

    assertThat(cressieRead.estimate(WeightedRewards.NONE)).isEmpty();
    assertThat(EmpiricalLikelihood.estimate(new double[0], new double[0], WeightRange.ANY))
        .isEmpty();
    assertThat(new PseudoInverse().estimate()).isEmpty();
    assertThat(GaussianInterval.of(WeightedRewards.NONE, ALPHA)).isEqualTo(Interval.UNBOUNDED);
    assertThat(ClopperPearson.interval(WeightedRewards.NONE, -1, 2, ALPHA))
        .isEqualTo(new Interval(-1, 2));
    assertThat(cressieRead.interval(WeightedRewards.NONE, -1, 2, ALPHA))
        .isEqualTo(new Interval(-1, 2));
  }

  @Test
  void aPolicyWithoutOverlapGetsTheLoggedMeanAndTheWholeRange() {
    WeightedRewards sums = WeightedRewards.NONE.plus(0, 1).plus(0, 0);

    assertThat(new CressieRead(WeightRange.ANY).estimate(sums)).hasValue(0.5);
    assertThat(
            EmpiricalLikelihood.estimate(new double[] {0, 0}, new double[] {1, 0}, WeightRange.ANY))
        .hasValue(0.5);
    assertThat(new CressieRead(WeightRange.ANY).interval(sums, 0, 1, ALPHA))
        .isEqualTo(new Interval(0, 1));
    assertThat(ClopperPearson.interval(sums, 0, 1, ALPHA)).isEqualTo(new Interval(0, 1));
  }

  @Test
  void coinFlipsThatNoCoinCanDoTellNothing() {
    WeightedRewards sums = WeightedRewards.NONE.plus(5, 1).plus(5, 1);

    assertThat(ClopperPearson.interval(sums, 0, 1, ALPHA)).isEqualTo(new Interval(0, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theLoggerOnItsOwnLogHasItsMeanReward(long seed) {
    Log log = Log.of(seed, 200, 1);

    assertThat(log.cressieRead(WeightRange.ANY)).isCloseTo(log.meanReward(), within(1e-12));
    assertThat(log.likelihood(WeightRange.ANY)).isCloseTo(log.meanReward(), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void rewardsWithAConstantAddedShiftWhatIsSaidByIt(long seed) {
    Log log = Log.of(seed, 300, 4);
    Log shifted = log.shifted(10);
    CressieRead cressieRead = new CressieRead(new WeightRange(0, 5));

    assertThat(shifted.cressieRead(WeightRange.ANY))
        .isCloseTo(10 + log.cressieRead(WeightRange.ANY), within(1e-9));
    assertThat(shifted.likelihood(WeightRange.ANY))
        .isCloseTo(10 + log.likelihood(WeightRange.ANY), within(1e-9));
    Interval before = cressieRead.interval(log.sums(), 0, 1, ALPHA);
    Interval after = cressieRead.interval(shifted.sums(), 10, 11, ALPHA);
    assertThat(after.lower()).isCloseTo(10 + before.lower(), within(1e-9));
    assertThat(after.upper()).isCloseTo(10 + before.upper(), within(1e-9));
    Interval flips = ClopperPearson.interval(log.sums(), 0, 1, ALPHA);
    Interval shiftedFlips = ClopperPearson.interval(shifted.sums(), 10, 11, ALPHA);
    assertThat(shiftedFlips.lower()).isCloseTo(10 + flips.lower(), within(1e-9));
    assertThat(shiftedFlips.upper()).isCloseTo(10 + flips.upper(), within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anEndlessWeightIsTheLimitOfLargeOnes(long seed) {
    Log log = Log.of(seed, 100, 3);
    WeightRange large = new WeightRange(0, 1e6);

    assertThat(log.cressieRead(large)).isCloseTo(log.cressieRead(WeightRange.ANY), within(1e-4));
    assertThat(log.likelihood(large)).isCloseTo(log.likelihood(WeightRange.ANY), within(1e-4));
    Interval limit = new CressieRead(WeightRange.ANY).interval(log.sums(), 0, 1, ALPHA);
    Interval near = new CressieRead(large).interval(log.sums(), 0, 1, ALPHA);
    assertThat(near.lower()).isCloseTo(limit.lower(), within(1e-3));
    assertThat(near.upper()).isCloseTo(limit.upper(), within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void intervalsHoldTheirEstimateAndGrowAsAlphaFalls(long seed) {
    Log log = Log.of(seed, 500, 3);
    CressieRead cressieRead = new CressieRead(new WeightRange(0, 4));
    double estimate = cressieRead.estimate(log.sums()).orElseThrow();
    double ips = log.sums().ips();

    Interval narrow = cressieRead.interval(log.sums(), 0, 1, 0.2);
    Interval wide = cressieRead.interval(log.sums(), 0, 1, 0.01);
    assertThat(narrow.holds(estimate)).isTrue();
    assertThat(wide.lower()).isLessThan(narrow.lower());
    assertThat(wide.upper()).isGreaterThan(narrow.upper());
    assertThat(wide.lower()).isGreaterThanOrEqualTo(0);
    assertThat(wide.upper()).isLessThanOrEqualTo(1);
    assertThat(GaussianInterval.of(log.sums(), 0.2).holds(ips)).isTrue();
    assertThat(GaussianInterval.of(log.sums(), 0.01).width())
        .isGreaterThan(GaussianInterval.of(log.sums(), 0.2).width());
    assertThat(ClopperPearson.interval(log.sums(), 0, 1, 0.2).holds(ips)).isTrue();
  }

  /** At three in ten decisions seen, logged as such, nothing but the noise differs. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aThinnedLogEstimatesTheSame(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double kept = 0.3;
    WeightedRewards whole = WeightedRewards.NONE;
    WeightedRewards thinned = WeightedRewards.NONE;
    for (int i = 0; i < 40_000; i++) {
      double weight = 3 * random.nextDouble();
      double reward = random.nextDouble() < weight / 4 ? 1 : 0;
      whole = whole.plus(weight, reward);
      if (random.nextDouble() < kept) {
        thinned = thinned.plus(weight / kept, reward).plusDropped((1 - kept) / kept);
      }
    }

    assertThat(thinned.count()).isCloseTo(40_000, within(1_000.0));
    assertThat(thinned.ips()).isCloseTo(whole.ips(), within(0.05));
    // Three in ten decisions: sqrt(10 / 3) = 1.8 times as wide at least.
    double ratio =
        GaussianInterval.of(thinned, ALPHA).width() / GaussianInterval.of(whole, ALPHA).width();
    assertThat(ratio).isBetween(1.8, 2.5);
  }

  @Test
  void theSlatesWeightIsAsByHandAndMayBeNegative() {
    double[] half = {0.5, 0.5};

    assertThat(PseudoInverse.weight(new double[] {1, 0.25}, half)).isEqualTo(1.5);
    assertThat(PseudoInverse.weight(new double[] {0, 0}, half)).isEqualTo(-1);
    PseudoInverse estimator = new PseudoInverse();
    estimator.add(new double[] {1, 0.25}, half, 1, 2);
    estimator.add(new double[] {0, 0}, half, 0.5, 1);
    assertThat(estimator.estimate()).hasValue(2.5 / 3);
  }

  @Test
  void whatIsOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> new WeightRange(-0.1, 2))
        .hasMessage("min: -0.1 (expected: in [0, 1))");
    assertThatThrownBy(() -> new WeightRange(0, 1)).hasMessage("max: 1.0 (expected: above 1)");
    assertThatThrownBy(() -> new Interval(1, 0))
        .hasMessage("interval: 1.0 to 0.0 (expected: lower at most upper)");
    assertThatThrownBy(
            () ->
                EmpiricalLikelihood.estimate(
                    new double[] {1}, new double[] {1, 2}, WeightRange.ANY))
        .hasMessage("rewards: 2 (expected: as many as weights, 1)");
    assertThatThrownBy(
            () ->
                EmpiricalLikelihood.estimate(
                    new double[] {Double.NaN}, new double[] {1}, WeightRange.ANY))
        .hasMessage("weight: NaN (expected: finite, at least 0)");
    assertThatThrownBy(() -> PseudoInverse.weight(new double[] {1}, new double[] {0}))
        .hasMessage("propensities[0]: 0.0 (expected: in (0, 1])");
    assertThatThrownBy(() -> PseudoInverse.weight(new double[] {2}, new double[] {1}))
        .hasMessage("targets[0]: 2.0 (expected: in [0, 1])");
    assertThatThrownBy(() -> PseudoInverse.weight(new double[0], new double[0]))
        .hasMessageContaining("slots: 0 targets, 0 propensities");
  }

  /** Weights and rewards of a log. */
  private record Log(double[] weights, double[] rewards) {
    /** Weights around 1 up to a largest; 1 makes all of them 1. */
    static Log of(long seed, int decisions, double largest) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] weights = new double[decisions];
      double[] rewards = new double[decisions];
      for (int i = 0; i < decisions; i++) {
        boolean large = random.nextDouble() < 1 / largest;
        weights[i] = largest == 1 ? 1 : large ? 0.9 * largest : 0.1;
        rewards[i] = random.nextDouble() < 0.3 ? random.nextDouble() : 0;
      }
      return new Log(weights, rewards);
    }

    Log shifted(double by) {
      double[] shifted = rewards.clone();
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] += by;
      }
      return new Log(weights, shifted);
    }

    WeightedRewards sums() {
      WeightedRewards sums = WeightedRewards.NONE;
      for (int i = 0; i < weights.length; i++) {
        sums = sums.plus(weights[i], rewards[i]);
      }
      return sums;
    }

    double meanReward() {
      return sums().rewards() / weights.length;
    }

    double cressieRead(WeightRange possible) {
      return new CressieRead(possible).estimate(sums()).orElseThrow();
    }

    double likelihood(WeightRange possible) {
      return EmpiricalLikelihood.estimate(weights, rewards, possible).orElseThrow();
    }
  }
}
