package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Seeded experiments in which nothing differs, looked at 200 times: how often a test ever says that
 * something does. The expected shares, computed independently, are of 2,000 runs to the same
 * length; where their first looks lay is not known, which moves the large ones by 2 points, and two
 * such shares differ by chance by up to 4 points (40 %) and 1.5 points (2 %).
 */
class RepeatedLooksTest {
  private static final int RUNS = 2000;
  private static final int LOOKS = 200;

  /** Decisions between two looks, half of them each arm's. */
  private static final int STEP = 100;

  private static final double Z = 1.959964;

  @Test
  void aTestForOneLookIsMisledAndASequenceIsNot() {
    AsymptoticSequence sequence = AsymptoticSequence.twoSided(.05, 5000);
    int fixed = 0;
    int anytime = 0;
    for (int run = 0; run < RUNS; run++) {
      SplittableRandom random = new SplittableRandom(run);
      double difference = 0;
      boolean fixedFlags = false;
      boolean anytimeFlags = false;
      for (int look = 1; look <= LOOKS; look++) {
        // The sum over a step of one arm's rewards less the other's, each of variance 1.
        difference += Math.sqrt(STEP) * random.nextGaussian();
        double count = look * STEP;
        double effect = difference / (count / 2);
        double standardError = 2 / Math.sqrt(count);
        fixedFlags |= Math.abs(effect) > Z * standardError;
        anytimeFlags |= Math.abs(effect) > sequence.halfWidth(count, standardError);
      }
      fixed += fixedFlags ? 1 : 0;
      anytime += anytimeFlags ? 1 : 0;
    }

    assertThat(share(fixed)).isCloseTo(.399, within(.05));
    assertThat(share(anytime)).isCloseTo(.026, within(.015));
  }

  @Test
  void aTestOfSharesForOneLookIsMisledAndTheSequentialOneIsNot() {
    SampleRatio halves = new SampleRatio(1, 1);
    int fixed = 0;
    int strict = 0;
    int sequential = 0;
    for (int run = 0; run < RUNS; run++) {
      SplittableRandom random = new SplittableRandom(run);
      long first = 0;
      double leastP = 1;
      double leastSequentialP = 1;
      for (int look = 1; look <= LOOKS; look++) {
        first += Long.bitCount(random.nextLong()) + Long.bitCount(random.nextLong() >>> 28);
        long second = (long) look * STEP - first;
        leastP = Math.min(leastP, halves.chiSquarePValue(first, second));
        leastSequentialP = Math.min(leastSequentialP, halves.sequentialPValue(first, second));
      }
      fixed += leastP < .05 ? 1 : 0;
      strict += leastP < .001 ? 1 : 0;
      sequential += leastSequentialP < .05 ? 1 : 0;
    }

    assertThat(share(fixed)).isCloseTo(.42, within(.05));
    assertThat(share(strict)).isCloseTo(.024, within(.015));
    assertThat(share(sequential)).isCloseTo(.007, within(.007));
  }

  private static double share(int runs) {
    return (double) runs / RUNS;
  }
}
