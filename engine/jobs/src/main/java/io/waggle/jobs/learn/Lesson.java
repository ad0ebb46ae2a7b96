package io.waggle.jobs.learn;

import io.waggle.core.feature.Example;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;

/**
 * A logged example as policies take it, whether it is live, warms a new policy or rebuilds a model.
 *
 * @param example what was to be ranked
 * @param chosen index of the chosen action
 * @param propensity probability with which it was chosen
 * @param reward better when larger
 * @param rewardMillis when the newest of its rewards was received, milliseconds since 1970 UTC; 0:
 *     it had none
 */
record Lesson(Example example, int chosen, double propensity, double reward, long rewardMillis) {
  /**
   * Reads an example.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when it is of no use
   *     to any policy
   */
  static Lesson of(LearnedExample learned) {
    JoinedDecision joined = learned.getJoined();
    Decision decision = joined.getDecision();
    int chosen = decision.getOrderCount() == 0 ? -1 : decision.getOrder(0);
    if (chosen < 0 || chosen >= decision.getActionsCount()) {
      throw new IllegalArgumentException(
          "order: %s (expected: the chosen action's index first, below %d)"
              .formatted(decision.getOrderList(), decision.getActionsCount()));
    }
    return new Lesson(
        Example.of(decision),
        chosen,
        decision.getPropensity(),
        joined.getReward(),
        joined.getRewardTimeMillis());
  }
}
