package io.waggle.core.log;

import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.SlotReward;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a joined decision out of a log must hold to be evaluated or learned: a valid decision,
 * whole, with finite rewards within what a learner can bear. One thread.
 */
public final class JoinedRules {
  /** Largest absolute reward: what the contract allows for any number. */
  private static final double REWARD_BOUND = 1e6;

  /** What differs from one broken message to the next: positions, and the value that was found. */
  private static final Pattern OF_THIS_MESSAGE = Pattern.compile("\\[\\d+]|, not [^,]*$");

  private final MessageRules rules = new MessageRules();

  /**
   * The first broken rule as {@code field: rule}, the same for every decision that breaks it; null
   * when there is none.
   *
   * @param joined with its features in place, not packed
   */
  public @Nullable String problem(JoinedDecision joined) {
    Decision decision = joined.getDecision();
    List<Violation> violations = rules.check(decision);
    if (!violations.isEmpty()) {
      return OF_THIS_MESSAGE.matcher(violations.get(0).toString()).replaceAll("");
    }
    if (joined.getStage() != JoinStage.JOIN_STAGE_UNSPECIFIED) {
      return "stage: expected a whole decision, not a part of its life";
    }
    if (!isReward(joined.getReward())) {
      return "reward: expected a finite number, at most 1e6";
    }
    if (joined.getSlotRewardsCount() != decision.getSlotsCount()) {
      return "slot_rewards: expected one for each slot";
    }
    for (SlotReward slot : joined.getSlotRewardsList()) {
      if (!isReward(slot.getReward())) {
        return "slot_rewards.reward: expected a finite number, at most 1e6";
      }
    }
    return null;
  }

  /** Written so that NaN fails. */
  private static boolean isReward(double reward) {
    return Math.abs(reward) <= REWARD_BOUND;
  }
}
