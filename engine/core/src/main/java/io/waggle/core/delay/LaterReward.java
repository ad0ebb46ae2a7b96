package io.waggle.core.delay;

import io.waggle.v1.DelayState;

/**
 * What usually comes after the first reward: the mean of final minus first reward over the rewarded
 * decisions closed, by action, shrunk to the mean of all. {@link #ACTIONS} places by hash; actions
 * that share one share their mean. Older decisions fade. One thread.
 */
final class LaterReward {
  /** Places of actions; one more holds all of them together. */
  static final int ACTIONS = 1 << 10;

  private static final double DECAY = 0.999;

  /** Decisions of all actions that the mean of one is mixed with. */
  private static final double SHRINKAGE = 20;

  private final double[] counts = new double[ACTIONS + 1];
  private final double[] sums = new double[ACTIONS + 1];

  /** Goes on from what was saved; a state of another size is as none. */
  LaterReward(DelayState state) {
    if (state.getRewardedCount() == counts.length && state.getLaterCount() == sums.length) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = state.getRewarded(i);
        sums[i] = state.getLater(i);
      }
    }
  }

  /** Expected final minus first reward. */
  double expected(String actionId) {
    int place = FeatureSlots.ofAction(actionId, ACTIONS);
    double all = counts[ACTIONS] == 0 ? 0 : sums[ACTIONS] / counts[ACTIONS];
    return (sums[place] + SHRINKAGE * all) / (counts[place] + SHRINKAGE);
  }

  /** A rewarded decision closed. */
  void closed(String actionId, double later) {
    add(FeatureSlots.ofAction(actionId, ACTIONS), later);
    add(ACTIONS, later);
  }

  /** The sums, to be saved. */
  void save(DelayState.Builder state) {
    for (int i = 0; i < counts.length; i++) {
      state.addRewarded(counts[i]).addLater(sums[i]);
    }
  }

  private void add(int place, double later) {
    counts[place] = DECAY * counts[place] + 1;
    sums[place] = DECAY * sums[place] + later;
  }
}
