package io.waggle.state.join;

import io.waggle.v1.JoinCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The join told the slow and plain way: every decision id is a ledger of what came, each reward
 * carries its fate, and the counts are read off the ledgers anew each time. Shares no code with the
 * join. Rewards are summed and never reach the ends of the range.
 */
final class JoinOracle {
  private enum Fate {
    WAITING,
    LEARNED,
    LATE,
    DUPLICATE,
    ORPHAN,
    REJECTED
  }

  private static final class Entry {
    final String id;
    final long timeMillis;
    final double value;
    Fate fate;

    Entry(String id, long timeMillis, double value, Fate fate) {
      this.id = id;
      this.timeMillis = timeMillis;
      this.value = value;
      this.fate = fate;
    }
  }

  /** One life of a decision id: from the first record to when nothing is remembered. */
  private final class Life {
    final List<Entry> rewards = new ArrayList<>();
    final Set<String> remembered = new HashSet<>();
    final List<Long> activations = new ArrayList<>();
    OptionalLong decidedAt = OptionalLong.empty();
    boolean deferred;
    boolean learnedIt;
    boolean unactivated;
    OptionalLong forgetAt = OptionalLong.empty();

    boolean over() {
      return forgetAt.isPresent();
    }

    boolean inWindow(long timeMillis) {
      return timeMillis - decidedAt.orElseThrow() < windowMillis;
    }

    boolean active() {
      return !deferred || activations.stream().anyMatch(this::inWindow);
    }

    void learnAtFirstReward() {
      boolean any = rewards.stream().anyMatch(entry -> entry.fate == Fate.WAITING);
      if (learnsAtFirstReward && decidedAt.isPresent() && !learnedIt && any && active()) {
        learn();
      }
    }

    void learn() {
      double sum = 0;
      int n = 0;
      for (Entry entry : rewards) {
        if (entry.fate == Fate.WAITING) {
          entry.fate = Fate.LEARNED;
          sum += entry.value;
          n++;
        }
      }
      learnedIt = true;
      learnedRewards.merge(id, n == 0 ? defaultReward : sum, Double::sum);
    }

    final String id;

    Life(String id) {
      this.id = id;
    }
  }

  private final boolean learnsAtFirstReward;
  private final long windowMillis;
  private final double defaultReward;
  private final Map<String, Life> lives = new HashMap<>();
  private final List<Life> all = new ArrayList<>();
  private final Map<String, Double> learnedRewards = new TreeMap<>();
  private long decisionsDuplicate;
  private long activationsReceived;

  JoinOracle(boolean learnsAtFirstReward, long windowMillis, double defaultReward) {
    this.learnsAtFirstReward = learnsAtFirstReward;
    this.windowMillis = windowMillis;
    this.defaultReward = defaultReward;
  }

  private Life life(String id) {
    return lives.computeIfAbsent(
        id,
        newId -> {
          Life life = new Life(newId);
          all.add(life);
          return life;
        });
  }

  void decision(String id, long timeMillis, boolean deferred) {
    Life life = life(id);
    if (life.decidedAt.isPresent()) {
      decisionsDuplicate++;
      return;
    }
    life.decidedAt = OptionalLong.of(timeMillis);
    life.deferred = deferred;
    for (Entry entry : life.rewards) {
      if (entry.fate == Fate.WAITING && !life.inWindow(entry.timeMillis)) {
        entry.fate = Fate.LATE;
      }
    }
    life.learnAtFirstReward();
  }

  void reward(String id, String rewardId, long timeMillis, double value) {
    Life life = life(id);
    boolean room = life.remembered.size() < RewardJoin.MAX_REWARDS;
    boolean tooLate =
        life.over() || life.learnedIt || (life.decidedAt.isPresent() && !life.inWindow(timeMillis));
    Fate fate =
        life.remembered.contains(rewardId)
            ? Fate.DUPLICATE
            : tooLate ? Fate.LATE : room ? Fate.WAITING : Fate.REJECTED;
    life.rewards.add(new Entry(rewardId, timeMillis, value, fate));
    if (room) {
      life.remembered.add(rewardId);
    }
    life.learnAtFirstReward();
  }

  void activation(String id, long timeMillis) {
    activationsReceived++;
    Life life = life(id);
    if (!life.over()) {
      life.activations.add(timeMillis);
      if (life.decidedAt.isEmpty()) {
        long earliest = Collections.min(life.activations);
        life.activations.removeIf(other -> other != earliest);
      }
      life.learnAtFirstReward();
    }
  }

  void advance(long watermarkMillis) {
    for (Life life : List.copyOf(lives.values())) {
      if (life.decidedAt.isEmpty()) {
        forgetHeld(life, watermarkMillis);
      } else if (life.over()) {
        if (life.forgetAt.getAsLong() <= watermarkMillis) {
          lives.remove(life.id);
        }
      } else if (life.decidedAt.getAsLong() + windowMillis <= watermarkMillis) {
        end(life);
        life.forgetAt = OptionalLong.of(watermarkMillis + windowMillis);
      }
    }
  }

  private void forgetHeld(Life life, long watermarkMillis) {
    for (Entry entry : life.rewards) {
      if (entry.fate == Fate.WAITING && entry.timeMillis + windowMillis <= watermarkMillis) {
        entry.fate = Fate.ORPHAN;
        life.remembered.remove(entry.id);
      }
    }
    life.activations.removeIf(timeMillis -> timeMillis + windowMillis <= watermarkMillis);
    if (life.remembered.isEmpty() && life.activations.isEmpty()) {
      lives.remove(life.id);
    }
  }

  private void end(Life life) {
    if (life.learnedIt) {
      return;
    }
    if (life.active()) {
      life.learn();
      return;
    }
    life.unactivated = true;
    for (Entry entry : life.rewards) {
      if (entry.fate == Fate.WAITING) {
        entry.fate = Fate.REJECTED;
      }
    }
  }

  /** Sum of the rewards learned by decision id. */
  Map<String, Double> learned() {
    return learnedRewards;
  }

  JoinCounts counts() {
    JoinCounts.Builder counts =
        JoinCounts.newBuilder()
            .setSurface("home")
            .setActivationsReceived(activationsReceived)
            .setDecisionsDuplicate(decisionsDuplicate)
            .setDecisionsReceived(decisionsDuplicate);
    for (Life life : all) {
      for (Entry entry : life.rewards) {
        count(counts, entry.fate);
      }
      if (life.decidedAt.isPresent()) {
        counts.setDecisionsReceived(counts.getDecisionsReceived() + 1);
        if (life.learnedIt) {
          counts.setDecisionsLearned(counts.getDecisionsLearned() + 1);
        } else if (life.unactivated) {
          counts.setDecisionsUnactivated(counts.getDecisionsUnactivated() + 1);
        } else {
          counts.setDecisionsWaiting(counts.getDecisionsWaiting() + 1);
        }
      }
    }
    return counts.build();
  }

  private static void count(JoinCounts.Builder counts, Fate fate) {
    counts.setRewardsReceived(counts.getRewardsReceived() + 1);
    switch (fate) {
      case WAITING -> counts.setRewardsWaiting(counts.getRewardsWaiting() + 1);
      case LEARNED -> counts.setRewardsLearned(counts.getRewardsLearned() + 1);
      case LATE -> counts.setRewardsLate(counts.getRewardsLate() + 1);
      case DUPLICATE -> counts.setRewardsDuplicate(counts.getRewardsDuplicate() + 1);
      case ORPHAN -> counts.setRewardsOrphan(counts.getRewardsOrphan() + 1);
      case REJECTED -> counts.setRewardsRejected(counts.getRewardsRejected() + 1);
    }
  }
}
