package io.waggle.state.join;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.Reward;

/**
 * The counts of one surface's join, restored from and saved as {@link JoinCounts}. One thread
 * writes; another may read {@link #counts} through a snapshot that the writer published.
 *
 * <p>INVARIANT, after every record and every close:
 *
 * <pre>
 * rewards received   = learned + waiting + late + duplicate + orphan + rejected
 * rewards rejected  >= superseded
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
    for (FieldDescriptor field : JoinCounts.getDescriptor().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.LONG) {
        counts.setField(field, (long) counts.getField(field) + (long) saved.getField(field));
      }
    }
  }

  void decisionWaits() {
    counts.setDecisionsReceived(counts.getDecisionsReceived() + 1);
    counts.setDecisionsWaiting(counts.getDecisionsWaiting() + 1);
  }

  void decisionRepeated() {
    counts.setDecisionsReceived(counts.getDecisionsReceived() + 1);
    counts.setDecisionsDuplicate(counts.getDecisionsDuplicate() + 1);
  }

  void decisionLearned(int rewards, int superseded) {
    counts.setDecisionsWaiting(counts.getDecisionsWaiting() - 1);
    counts.setDecisionsLearned(counts.getDecisionsLearned() + 1);
    counts.setRewardsWaiting(counts.getRewardsWaiting() - rewards - superseded);
    counts.setRewardsLearned(counts.getRewardsLearned() + rewards);
    counts.setRewardsRejected(counts.getRewardsRejected() + superseded);
    counts.setRewardsSuperseded(counts.getRewardsSuperseded() + superseded);
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

  void rewardReceived(Reward reward) {
    counts.setRewardsReceived(counts.getRewardsReceived() + 1);
    if (reward.getDerived()) {
      counts.setRewardsDerived(counts.getRewardsDerived() + 1);
    }
  }

  void rewardWaits() {
    counts.setRewardsWaiting(counts.getRewardsWaiting() + 1);
  }

  void rewardLate() {
    counts.setRewardsLate(counts.getRewardsLate() + 1);
  }

  void rewardRepeated() {
    counts.setRewardsDuplicate(counts.getRewardsDuplicate() + 1);
  }

  void rewardRejected() {
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

  void waitingRewardRejected() {
    counts.setRewardsWaiting(counts.getRewardsWaiting() - 1);
    counts.setRewardsRejected(counts.getRewardsRejected() + 1);
  }
}
