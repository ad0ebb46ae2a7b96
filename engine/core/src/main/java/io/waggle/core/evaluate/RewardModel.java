package io.waggle.core.evaluate;

import io.waggle.core.feature.Example;
import io.waggle.v1.RewardModelState;

/**
 * What reward to expect of each action of a decision before its own reward is known. It makes
 * doubly robust estimates sharper; where propensities are right it cannot bias them. One thread.
 */
public interface RewardModel {
  /**
   * The expected rewards.
   *
   * @param slot the slot that is filled; empty: a single ranking
   * @return {@code double[actions]}, in reward units, within the reward range
   */
  double[] expected(Example example, String slot);

  /**
   * Learns what came of an action.
   *
   * @param chosen index of the action, in range
   * @param reward in reward units; out of range: not learned
   */
  void learn(Example example, String slot, int chosen, double reward);

  /**
   * Where what it knows of an action in its context is kept: all that {@link #learn(int[], double)}
   * needs once the decision's features are gone. Empty: it does not learn so.
   */
  default int[] places(Example example, String slot, int chosen) {
    return new int[0];
  }

  /** Learns what came of the action that has these places. */
  default void learn(int[] places, double reward) {}

  /** What it has learned, for a checkpoint. */
  default RewardModelState state() {
    return RewardModelState.getDefaultInstance();
  }
}
