package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import java.util.List;

/** A policy that learns. One thread. */
public interface Learner extends Policy, AutoCloseable {
  /**
   * Learns one example; returns what was predicted before learning.
   *
   * @param chosen index of the chosen action
   * @param cost minus the reward; smaller is better
   * @param propensity probability with which it was chosen, in (0, 1]
   * @throws RejectedExampleException when the guard or the learner refuses it; the learner is as
   *     before
   * @throws IllegalStateException when what it predicts is no distribution over the actions: the
   *     model has diverged
   */
  Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException;

  /** True: it fills slots only, and predicts no single ranking. */
  default boolean severalSlots() {
    return false;
  }

  /**
   * Learns one example of several slots. What was predicted before is for the caller to ask slot by
   * slot, before: within one example a later slot would be predicted with what the earlier ones
   * taught. A learner that knows nothing of slots takes each for a ranking of its own.
   *
   * @param slots one per slot of the example, in its order
   * @throws RejectedExampleException when the guard or the learner refuses it
   */
  default void learnSlots(Example example, List<SlotOutcome> slots)
      throws RejectedExampleException {
    for (SlotOutcome slot : slots) {
      learn(example, slot.action(), slot.cost(), slot.propensity());
    }
  }

  /** The learner's bytes, enough to go on bit for bit. Blocks for tens of milliseconds. */
  byte[] modelBytes();

  @Override
  void close();
}
