package io.waggle.jobs.learn;

import io.waggle.core.constraint.Factors;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A logged example as policies take it, whether it is live, warms a new policy or rebuilds a model.
 *
 * @param decision whose example it is; its features may be left out
 * @param example what was to be ranked
 * @param chosen index of the chosen action
 * @param propensity probability with which it was chosen
 * @param reward to be learned; better when larger
 * @param rewardMillis when the newest of its rewards was received, milliseconds since 1970 UTC; 0:
 *     it had none
 * @param predictedOnly true: nothing is learned of it
 * @param slots of a decision of several slots: how they were filled, and their rewards; else null
 * @param factors what constraints make of any policy's probabilities, one for each slot, one for a
 *     single ranking
 */
record Lesson(
    Decision decision,
    Example example,
    int chosen,
    double propensity,
    double reward,
    long rewardMillis,
    boolean predictedOnly,
    @Nullable JoinedSlots slots,
    List<Factors> factors) {

  /**
   * Reads an example.
   *
   * @param defaultReward of the surface: what is learned of a decision that was just shown
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when it is of no use
   *     to any policy
   */
  static Lesson of(LearnedExample learned, double defaultReward) {
    JoinedDecision joined = learned.getJoined();
    Decision decision = joined.getDecision();
    Example example = Example.of(joined);
    int chosen = decision.getOrderCount() == 0 ? -1 : decision.getOrder(0);
    if (chosen < 0 || chosen >= example.actions().size()) {
      throw new IllegalArgumentException(
          "order: %s (expected: the chosen action's index first, below %d)"
              .formatted(decision.getOrderList(), example.actions().size()));
    }
    double reward =
        switch (joined.getStage()) {
          case JOIN_STAGE_SHOWN -> defaultReward;
          case JOIN_STAGE_REWARDED -> learned.getLearnedReward();
          default -> joined.getReward();
        };
    return new Lesson(
        decision,
        example,
        chosen,
        decision.getPropensity(),
        reward,
        joined.getRewardTimeMillis(),
        learned.getPredictedOnly(),
        decision.getSlotsCount() == 0 ? null : JoinedSlots.of(joined),
        Factors.of(decision, example.actions().size()));
  }
}
