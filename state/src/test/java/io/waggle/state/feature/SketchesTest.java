package io.waggle.state.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.DistinctState;
import io.waggle.v1.QuantileState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sketches keep their declared error, whatever the order, and give the same bits on replay. */
class SketchesTest {
  @Test
  void fewDistinctTextsAreCountedExactly() {
    DistinctState state = DistinctState.getDefaultInstance();
    for (int i = 0; i < DistinctSketch.MAX_HASHES; i++) {
      assertThat(DistinctSketch.estimate(state)).isEqualTo(i);
      state = DistinctSketch.with(state, Hashes.of("item" + i));
      state = DistinctSketch.with(state, Hashes.of("item" + i));
    }
    assertThat(DistinctSketch.estimate(state)).isEqualTo(DistinctSketch.MAX_HASHES);
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 50, 100, 300, 1_000, 3_000, 10_000, 100_000})
  void manyDistinctTextsAreCountedWithinTheStandardError(int texts) {
    int runs = 40;
    double squares = 0;
    double mean = 0;
    for (int run = 0; run < runs; run++) {
      DistinctState state = DistinctState.getDefaultInstance();
      for (int i = 0; i < texts; i++) {
        state = DistinctSketch.with(state, Hashes.of(run + "-" + i));
      }
      double error = DistinctSketch.estimate(state) / texts - 1;
      squares += error * error / runs;
      mean += error / runs;
    }

    // Means over 40 runs: four standard errors of theirs beyond what is declared.
    assertThat(Math.sqrt(squares)).isLessThan(0.046 * (1 + 4 / Math.sqrt(2.0 * runs)));
    assertThat(mean).isCloseTo(0, within(4 * 0.046 / Math.sqrt(runs)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void distinctStateDependsOnTheSetAlone(long seed) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      texts.add("item" + i % 200);
    }
    DistinctState inOrder = distinct(texts);
    Collections.shuffle(texts, new Random(seed));

    assertThat(distinct(texts)).as("seed %d", seed).isEqualTo(inOrder);
    assertThat(inOrder.getSerializedSize()).isLessThan(DistinctSketch.REGISTERS + 16);
  }

  private static DistinctState distinct(List<String> texts) {
    DistinctState state = DistinctState.getDefaultInstance();
    for (String text : texts) {
      state = DistinctSketch.with(state, Hashes.of(text));
    }
    return state;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void quantilesAreWithinTwoPercentWhateverTheOrder(long seed) {
    Random random = new Random(seed);
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      double size = Math.exp(random.nextGaussian() * 4);
      numbers.add(random.nextInt(4) == 0 ? -size : size);
    }
    QuantileState state = quantiles(numbers);
    Collections.shuffle(numbers, random);

    assertThat(quantiles(numbers)).as("seed %d", seed).isEqualTo(state);
    Collections.sort(numbers);
    for (double quantile : new double[] {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999}) {
      double exact = numbers.get((int) (quantile * (numbers.size() - 1)));
      assertThat(QuantileSketch.quantile(state, quantile))
          .as("seed %d quantile %s", seed, quantile)
          .isCloseTo(exact, within(Math.abs(exact) * 0.02 + 0.001));
    }
  }

  @Test
  void numbersBeyondTheContractAreTheBoundAndTinyOnesNone() {
    assertThat(QuantileSketch.quantile(quantiles(List.of(1e300)), 0.5)).isCloseTo(1e6, within(2e4));
    assertThat(QuantileSketch.quantile(quantiles(List.of(-1e300)), 0.5))
        .isCloseTo(-1e6, within(2e4));
    assertThat(QuantileSketch.quantile(quantiles(List.of(0.0005, 0.0, -0.0)), 0.5)).isZero();
    assertThat(QuantileSketch.quantile(QuantileState.getDefaultInstance(), 0.5)).isNaN();
  }

  private static QuantileState quantiles(List<Double> numbers) {
    QuantileState state = QuantileState.getDefaultInstance();
    for (double number : numbers) {
      state = QuantileSketch.with(state, number);
    }
    return state;
  }
}
