package io.waggle.state.join;

import io.waggle.v1.JoinCounts;

/**
 * The counts of one surface's join, restored from and saved as {@link JoinCounts}. One thread
 * writes; another may read {@link #counts} through a snapshot that the writer published.
 *
 * <p>INVARIANT, after every record and every close:
 *
 * <pre>
 * rewards received   = learned + waiting + late + duplicate + orphan + rejected
 * decisions received = learned + waiting + duplicate + unactivated
 * </pre>
 *
 * <p>After a restore with another parallelism a single counter's waiting figure may be negative: it
 * counts what its own subtask did. The sum over the subtasks is what the equations are about.
 */
public final class JoinCounter {
  private final JoinCounts.Builder counts;

  public JoinCounter(String surface) {
    counts = JoinCounts.newBuilder().setSurface(surface);
  }

  /** Counts so far. */
  public JoinCounts counts() {
    return counts.build();
  }

  /** Adds saved counts, for example those of another subtask before a restart. */
  public void add(JoinCounts saved) {
    counts
        .setRewardsReceived(counts.getRewardsReceived() + saved.getRewardsReceived())
        .setRewardsLearned(counts.getRewardsLearned() + saved.getRewardsLearned())
        .setRewardsWaiting(counts.getRewardsWaiting() + saved.getRewardsWaiting())
        .setRewardsLate(counts.getRewardsLate() + saved.getRewardsLate())
        .setRewardsDuplicate(counts.getRewardsDuplicate() + saved.getRewardsDuplicate())
        .setRewardsOrphan(counts.getRewardsOrphan() + saved.getRewardsOrphan())
        .setRewardsRejected(counts.getRewardsRejected() + saved.getRewardsRejected())
        .setDecisionsReceived(counts.getDecisionsReceived() + saved.getDecisionsReceived())
        .setDecisionsLearned(counts.getDecisionsLearned() + saved.getDecisionsLearned())
        .setDecisionsWaiting(counts.getDecisionsWaiting() + saved.getDecisionsWaiting())
        .setDecisionsDuplicate(counts.getDecisionsDuplicate() + saved.getDecisionsDuplicate())
        .setDecisionsUnactivated(counts.getDecisionsUnactivated() + saved.getDecisionsUnactivated())
        .setActivationsReceived(counts.getActivationsReceived() + saved.getActivationsReceived());
  }

  void decisionWaits() {
    counts.setDecisionsReceived(counts.getDecisionsReceived() + 1);
    counts.setDecisionsWaiting(counts.getDecisionsWaiting() + 1);
  }

  void decisionRepeated() {
    counts.setDecisionsReceived(counts.getDecisionsReceived() + 1);
    counts.setDecisionsDuplicate(counts.getDecisionsDuplicate() + 1);
  }

  void decisionLearned(int rewards) {
    counts.setDecisionsWaiting(counts.getDecisionsWaiting() - 1);
    counts.setDecisionsLearned(counts.getDecisionsLearned() + 1);
    counts.setRewardsWaiting(counts.getRewardsWaiting() - rewards);
    counts.setRewardsLearned(counts.getRewardsLearned() + rewards);
  }

  void decisionNeverActivated(int rewards) {
    counts.setDecisionsWaiting(counts.getDecisionsWaiting() - 1);
    counts.setDecisionsUnactivated(counts.getDecisionsUnactivated() + 1);
    counts.setRewardsWaiting(counts.getRewardsWaiting() - rewards);
    counts.setRewardsRejected(counts.getRewardsRejected() + rewards);
  }

  void activation() {
    counts.setActivationsReceived(counts.getActivationsReceived() + 1);
  }

  void rewardWaits() {
    rewardReceived();
    counts.setRewardsWaiting(counts.getRewardsWaiting() + 1);
  }

  void rewardLate() {
    rewardReceived();
    counts.setRewardsLate(counts.getRewardsLate() + 1);
  }

  void rewardRepeated() {
    rewardReceived();
    counts.setRewardsDuplicate(counts.getRewardsDuplicate() + 1);
  }

  void rewardRejected() {
    rewardReceived();
    counts.setRewardsRejected(counts.getRewardsRejected() + 1);
  }

  void waitingRewardLate() {
    counts.setRewardsWaiting(counts.getRewardsWaiting() - 1);
    counts.setRewardsLate(counts.getRewardsLate() + 1);
  }

  void waitingRewardsOrphaned(int rewards) {
    counts.setRewardsWaiting(counts.getRewardsWaiting() - rewards);
    counts.setRewardsOrphan(counts.getRewardsOrphan() + rewards);
  }

  private void rewardReceived() {
    counts.setRewardsReceived(counts.getRewardsReceived() + 1);
  }
}
