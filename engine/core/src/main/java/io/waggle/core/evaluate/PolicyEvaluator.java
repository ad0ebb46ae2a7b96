package io.waggle.core.evaluate;

import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;

/**
 * Running off-policy evaluation of one policy: IPS, SNIPS, effective sample size and intervals
 * valid at every look, in O(1) state. One thread.
 */
public final class PolicyEvaluator {
  /** Starts anew for rewards in [min, max] at error probability alpha. */
  public PolicyEvaluator(double rewardMin, double rewardMax, double alpha) {
    throw new UnsupportedOperationException("" + rewardMin + rewardMax + alpha);
  }

  /** Goes on from saved sums. */
  public static PolicyEvaluator restore(
      EvaluatorState state, double rewardMin, double rewardMax, double alpha) {
    throw new UnsupportedOperationException("" + state + rewardMin + rewardMax + alpha);
  }

  /**
   * One decision: the policy's probability of the logged action, the logged propensity, the reward.
   * Values out of range are counted as rejected.
   */
  public void add(double targetProbability, double loggedPropensity, double reward) {
    throw new UnsupportedOperationException("" + targetProbability + loggedPropensity + reward);
  }

  /** The sums, to be saved. */
  public EvaluatorState state() {
    throw new UnsupportedOperationException();
  }

  /**
   * Estimates and intervals now; surface, policy, segment, events learned and time are the caller's
   * to fill in.
   */
  public PolicyEvaluation.Builder evaluate() {
    throw new UnsupportedOperationException();
  }
}
