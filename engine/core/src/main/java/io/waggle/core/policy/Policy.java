package io.waggle.core.policy;

import io.waggle.core.feature.Example;

/** Context to probabilities over actions. */
@FunctionalInterface
public interface Policy {
  /** Probabilities for the example's actions. Does not change the policy. */
  Prediction predict(Example example);

  /**
   * Probabilities for the next slot of an example of several slots, given what fills the slots
   * before. Does not change the policy. A policy that knows nothing of slots chooses among what is
   * left as it would among all.
   *
   * @param earlier distinct actions of the slots before, fewer than there are actions; their number
   *     is the index of the slot
   * @return {@code double[actions]}, 0 for the earlier ones; the order holds the others only
   */
  default Prediction predictSlot(Example example, int[] earlier) {
    return SlotPredictions.without(predict(example), earlier);
  }
}
