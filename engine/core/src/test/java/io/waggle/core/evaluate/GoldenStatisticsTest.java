package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests and bounds on arms' own rewards against values computed independently with SciPy, and what
 * they refuse. Those of the off-policy bounds are in {@link DriftingLowerBoundTest}.
 */
class GoldenStatisticsTest {
  @ParameterizedTest
  @CsvSource({"500, 3.855055", "5000, 3.035209", "50000, 3.241723"})
  void asymptoticSequenceByCount(double count, double expected) {
    AsymptoticSequence sequence = AsymptoticSequence.twoSided(.05, 5000);

    assertThat(sequence.rho()).isCloseTo(.0398400668, within(5e-11));
    assertThat(sequence.halfWidth(count, 1)).isCloseTo(expected, within(5e-7));
  }

  @Test
  void asymptoticSequenceOfBothKinds() {
    AsymptoticSequence twoSided = AsymptoticSequence.twoSided(.05, 1000);
    AsymptoticSequence oneSided = AsymptoticSequence.oneSided(.05, 1000);
    double standardError = 1 / Math.sqrt(1000);

    assertThat(twoSided.rho()).isCloseTo(.08908510, within(5e-9));
    assertThat(twoSided.halfWidth(1000, standardError)).isCloseTo(.09598174, within(5e-9));
    assertThat(oneSided.rho()).isCloseTo(.07955413, within(5e-9));
    assertThat(oneSided.halfWidth(1000, standardError)).isCloseTo(.08788268, within(5e-9));
  }

  @Test
  void asymptoticPValue() {
    assertThat(AsymptoticSequence.twoSided(.05, 5000).pValue(5000, .03, .01))
        .isCloseTo(.0549476, within(5e-8));
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 1000, 1e6})
  void anIntervalThatEndsAtNothingHasThePValueAlpha(double count) {
    for (AsymptoticSequence sequence :
        new AsymptoticSequence[] {
          AsymptoticSequence.twoSided(.05, 1000), AsymptoticSequence.oneSided(.05, 1000)
        }) {
      double effect = sequence.halfWidth(count, .3);

      assertThat(sequence.pValue(count, effect, .3)).isCloseTo(.05, within(1e-12));
      assertThat(sequence.pValue(count, 0, .3)).isEqualTo(1);
    }
    assertThat(AsymptoticSequence.oneSided(.05, 1000).pValue(count, -5, .3)).isEqualTo(1);
  }

  @Test
  void mixtureSprt() {
    MixtureSprt test = new MixtureSprt(1e-4);

    assertThat(Math.exp(test.logLikelihoodRatio(5000, .02, .5))).isCloseTo(1.9221155, within(5e-8));
    assertThat(test.pValue(5000, .02, .5)).isCloseTo(.5202601, within(5e-8));
    assertThat(test.pValue(5000, 0, .5)).isEqualTo(1);
  }

  @Test
  void sampleRatio() {
    SampleRatio halves = new SampleRatio(.5, .5);

    assertThat(halves.chiSquare(50_500, 49_500)).isCloseTo(10, within(1e-12));
    assertThat(halves.chiSquarePValue(50_500, 49_500)).isCloseTo(.0015654, within(5e-8));
    assertThat(halves.logBayesFactor(50_500, 49_500)).isCloseTo(3.3465881, within(5e-8));
    assertThat(halves.sequentialPValue(50_500, 49_500)).isCloseTo(.0352043, within(5e-8));
    assertThat(halves.logBayesFactor(51_000, 49_000)).isCloseTo(16.984, within(5e-4));
  }

  @Test
  void anArmOfNoShareIsNoArmUntilItGetsSomething() {
    SampleRatio ratio = new SampleRatio(3, 0, 1);

    assertThat(ratio.chiSquarePValue(7600, 0, 2400))
        .isEqualTo(new SampleRatio(3, 1).chiSquarePValue(7600, 2400));
    assertThat(ratio.logBayesFactor(7600, 0, 2400))
        .isEqualTo(new SampleRatio(3, 1).logBayesFactor(7600, 2400));
    assertThat(ratio.chiSquarePValue(7600, 1, 2400)).isZero();
    assertThat(ratio.sequentialPValue(7600, 1, 2400)).isZero();
    assertThat(ratio.chiSquarePValue(0, 0, 0)).isEqualTo(1);
    assertThat(ratio.sequentialPValue(0, 0, 0)).isEqualTo(1);
  }

  @Test
  void sampleSize() {
    double deviation = Math.sqrt(.1 * .9);
    long perArm = SampleSize.perArm(deviation, .005, .05, .8);

    assertThat(perArm).isEqualTo(56_512);
    assertThat(SampleSize.power(.005, deviation * Math.sqrt(2.0 / perArm), .05))
        .isCloseTo(.8, within(1e-4));
    assertThat(SampleSize.power(0, 1, .05)).isCloseTo(.05, within(1e-12));
  }

  @Test
  void stabilityIndex() {
    double[] uniform = {.1, .1, .1, .1, .1, .1, .1, .1, .1, .1};
    double[] other = {.05, .08, .1, .1, .12, .1, .1, .1, .12, .13};

    assertThat(StabilityIndex.of(uniform, other)).isCloseTo(.0542840, within(5e-8));
    assertThat(StabilityIndex.of(other, uniform)).isCloseTo(.0542840, within(5e-8));
    assertThat(StabilityIndex.of(new double[] {5, 5}, new double[] {70, 70})).isZero();
    assertThat(StabilityIndex.of(new double[] {1, 1}, new double[] {2, 0})).isBetween(3.0, 5.0);
  }

  @Test
  void whatIsOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> AsymptoticSequence.twoSided(.5, 10))
        .hasMessage("alpha: 0.5 (expected: in (0, 0.5))");
    assertThatThrownBy(() -> AsymptoticSequence.oneSided(.05, 0))
        .hasMessage("tightestAt: 0.0 (expected: finite, above 0)");
    assertThatThrownBy(() -> new MixtureSprt(0))
        .hasMessage("priorVariance: 0.0 (expected: finite, above 0)");
    assertThatThrownBy(() -> new SampleRatio(1, 0))
        .hasMessage("weights: [1.0, 0.0] (expected: at least two above 0)");
    assertThatThrownBy(() -> new SampleRatio(1, Double.NaN))
        .hasMessage("weight: NaN (expected: finite, at least 0)");
    assertThatThrownBy(() -> new SampleRatio(1, 1).chiSquare(1, 2, 3))
        .hasMessage("counts: 3 (expected: as many as arms, 2)");
    assertThatThrownBy(() -> new SampleRatio(1, 1).logBayesFactor(1, -2))
        .hasMessage("count: -2 (expected: at least 0)");
    assertThatThrownBy(() -> SampleSize.perArm(0, 1, .05, .8))
        .hasMessage("standardDeviation: 0.0 (expected: finite, above 0)");
    assertThatThrownBy(() -> SampleSize.perArm(1, 0, .05, .8))
        .hasMessage("effect: 0.0 (expected: not 0)");
    assertThatThrownBy(() -> SampleSize.perArm(1, 1, 0, .8))
        .hasMessage("alpha: 0.0 (expected: in (0, 1))");
    assertThatThrownBy(() -> SampleSize.perArm(1, 1, .05, 1))
        .hasMessage("power: 1.0 (expected: in (0, 1))");
    assertThatThrownBy(() -> StabilityIndex.of(new double[2], new double[3]))
        .hasMessage("actual: 3 (expected: as many bins, 2)");
    assertThatThrownBy(() -> StabilityIndex.of(new double[2], new double[] {1, 1}))
        .hasMessage("expected: sum 0.0 (expected: finite, above 0)");
    assertThatThrownBy(() -> StabilityIndex.of(new double[] {-1, 1}, new double[] {1, 1}))
        .hasMessage("expected: -1.0 (expected: at least 0)");
  }
}
