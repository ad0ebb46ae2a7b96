package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;

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

  /** The learner's bytes, enough to go on bit for bit. Blocks for tens of milliseconds. */
  byte[] modelBytes();

  @Override
  void close();
}
