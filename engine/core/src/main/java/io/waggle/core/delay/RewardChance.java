package io.waggle.core.delay;

import io.waggle.core.feature.Example;
import io.waggle.v1.DelayState;

/**
 * The chance that a decision gets a reward within its window, by its action and features, learned
 * from the stages themselves.
 *
 * <p>A logistic regression that takes every decision shown for one without a reward and every first
 * reward for a second example with one. Where a reward comes with chance p there are p rewarded
 * examples to each one without, so the odds it learns are p itself: {@code p = exp(z)} with {@code
 * z} the sum of the weights. This is the calibration of Ktena et al., "Addressing delayed feedback
 * for continuous training with neural networks in CTR prediction", RecSys 2019, section 3.2 (there
 * {@code p = b / (1 - b)}). While rewards are under way the chance is too small, never too large.
 *
 * <p>AdaGrad (Duchi, Hazan, Singer, JMLR 2011) whose sums of squares decay, so that it follows
 * tastes that move. {@link #SIZE} weights by hash, 256 KiB a surface; a step costs some nanoseconds
 * a feature. Deterministic. One thread.
 */
final class RewardChance {
  /** Weights. */
  static final int SIZE = 1 << 15;

  /**
   * Largest chance answered: above it so few decisions would be learned as not rewarded that an
   * action which nobody rewards any more would be noticed late.
   */
  static final double LARGEST = 0.95;

  private static final double FIRST_CHANCE = 0.05;
  private static final double RATE = 0.5;
  private static final double DECAY = 0.999;

  private final float[] weights = new float[SIZE];
  private final float[] squares = new float[SIZE];

  /** Goes on from what was saved; a state of another size is as none. */
  RewardChance(DelayState state) {
    if (state.getWeightsCount() == SIZE && state.getSquaresCount() == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        weights[i] = state.getWeights(i);
        squares[i] = state.getSquares(i);
      }
    }
  }

  /** A decision was shown: the chance of a reward as known before, in [0, {@link #LARGEST}]. */
  double shown(Example example, int chosen) {
    int[] slots = FeatureSlots.of(example, chosen, SIZE);
    double logit = logit(slots);
    step(slots, logit, 0);
    return Math.min(LARGEST, Math.exp(logit));
  }

  /** Its first reward came. */
  void rewarded(Example example, int chosen) {
    int[] slots = FeatureSlots.of(example, chosen, SIZE);
    step(slots, logit(slots), 1);
  }

  /** The weights, to be saved. */
  void save(DelayState.Builder state) {
    for (int i = 0; i < SIZE; i++) {
      state.addWeights(weights[i]).addSquares(squares[i]);
    }
  }

  private double logit(int[] slots) {
    double logit = Math.log(FIRST_CHANCE);
    for (int slot : slots) {
      logit += weights[slot];
    }
    return logit;
  }

  private void step(int[] slots, double logit, double label) {
    double gradient = 1 / (1 + Math.exp(-logit)) - label;
    // Shared out, so that an example of many features does not step further than one of few.
    double rate = RATE / Math.sqrt(slots.length);
    for (int slot : slots) {
      double square = DECAY * squares[slot] + gradient * gradient;
      squares[slot] = (float) square;
      weights[slot] -= (float) (rate * gradient / Math.sqrt(1 + square));
    }
  }
}
