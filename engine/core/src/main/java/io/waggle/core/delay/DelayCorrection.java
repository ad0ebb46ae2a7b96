package io.waggle.core.delay;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Exploration;
import io.waggle.v1.DelayState;

/**
 * Lets a surface learn at once without being fooled by the delay of rewards.
 *
 * <p>A decision is learned with the default reward as soon as it is shown, and again with its
 * reward when that comes. Taken alone this counts each rewarded decision twice, once wrongly (a
 * "fake negative"). Ktena et al. (RecSys 2019) weigh the first kind by {@code 1 - p} and the second
 * by 1, p being the chance that a reward comes: then the expected sum of the gradients is that of
 * decisions learned once with their final reward, for any default reward and any sign, since {@code
 * (1 - p) g(default) + p g(reward)} is what learning at the window's end gives.
 *
 * <p>The weight is put into practice by a draw: a decision shown is learned with chance {@code 1 -
 * p} and else only predicted. Learners whose steps saturate at large weights (Vowpal Wabbit's
 * importance-invariant updates) are biased by weights but not by draws; docs/decisions/0016 has the
 * figures. The draw is seeded from surface and decision id, so a replay draws the same.
 *
 * <p>The reward learned is the first one and what usually follows it ({@link LaterReward}), so that
 * its expectation is that of the final reward. One thread.
 */
public final class DelayCorrection {
  private final String seedName;
  private final double rewardMin;
  private final double rewardMax;
  private final RewardChance chance;
  private final LaterReward later;

  /**
   * How a decision shown counts.
   *
   * @param importance chance with which it is learned, in (0, 1]
   * @param learned false: only predict
   */
  public record Shown(double importance, boolean learned) {}

  /**
   * Goes on from what was saved; the default instance: anew.
   *
   * @param rewardMin smallest reward learned
   * @param rewardMax largest reward learned
   */
  public DelayCorrection(String surface, double rewardMin, double rewardMax, DelayState state) {
    // Not the seed that drew the action: the two draws must be independent.
    this.seedName = "delay/" + surface;
    this.rewardMin = rewardMin;
    this.rewardMax = rewardMax;
    this.chance = new RewardChance(state);
    this.later = new LaterReward(state);
  }

  /**
   * A decision was shown: whether to learn the default reward for it.
   *
   * @param chosen index of its action, in range
   */
  public Shown shown(String decisionId, Example example, int chosen) {
    double unrewarded = 1 - chance.shown(example, chosen);
    long seed = Exploration.seed(seedName, decisionId);
    boolean learned = Exploration.draw(new double[] {unrewarded, 1 - unrewarded}, seed) == 0;
    return new Shown(unrewarded, learned);
  }

  /**
   * Its first reward came.
   *
   * @return the reward to learn, within the reward range
   */
  public double rewarded(Example example, int chosen, double reward) {
    chance.rewarded(example, chosen);
    double expected = reward + later.expected(example.actions().get(chosen).getId());
    return Math.min(rewardMax, Math.max(rewardMin, expected));
  }

  /** A decision that was rewarded closed. */
  public void closed(String actionId, double firstReward, double finalReward) {
    later.closed(actionId, finalReward - firstReward);
  }

  /** Everything, for a checkpoint. */
  public DelayState state() {
    DelayState.Builder state = DelayState.newBuilder();
    chance.save(state);
    later.save(state);
    return state.build();
  }
}
