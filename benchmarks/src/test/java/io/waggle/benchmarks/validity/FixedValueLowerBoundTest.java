package io.waggle.benchmarks.validity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FixedValueLowerBoundTest {
  private static final double[] WEIGHTS = {1, 0, 2, .5, 1.5, 0, 3, 1, .5, 1};
  private static final double[] REWARDS = {1, 0, 1, 0, 1, 1, 1, 0, 1, 0};

  @Test
  void boundsOfAKnownStreamAreAsComputedElsewhere() {
    FixedValueLowerBound below = new FixedValueLowerBound(.025);
    FixedValueLowerBound above = new FixedValueLowerBound(.025);
    assertThat(below.lower()).isZero();
    for (int i = 0; i < 200; i++) {
      below.add(WEIGHTS[i % 10] * REWARDS[i % 10]);
      above.add(WEIGHTS[i % 10] * (1 - REWARDS[i % 10]));
    }

    assertThat(below.lower()).isCloseTo(.512913, within(1e-6));
    assertThat(1 - above.lower()).isCloseTo(.850451, within(1e-6));
  }
}
