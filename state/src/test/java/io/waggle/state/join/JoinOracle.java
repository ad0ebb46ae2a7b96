package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.HeldReward;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.Reward;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The join told the slow and plain way: every decision id is a ledger of what came, each reward
 * carries its fate, and the counts are read off the ledgers anew each time. Shares no code with the
 * join but the aggregation, which has tests of its own.
 */
final class JoinOracle {
  private enum Fate {
    WAITING,
    LEARNED,
    LATE,
    DUPLICATE,
    ORPHAN,
    REJECTED,
    SUPERSEDED
  }

  /** What the learner gets: the stage's name, the reward, how many, and the slots' rewards. */
  record Sent(String stage, double reward, int count, List<Double> slots) {}

  private static final class Entry {
    final Reward reward;
    Fate fate;

    Entry(Reward reward, Fate fate) {
      this.reward = reward;
      this.fate = fate;
    }

    boolean waits() {
      return fate == Fate.WAITING;
    }

    String name() {
      return reward.getDerived() + "/" + reward.getRewardId();
    }
  }

  /** One life of a decision id: from the first record to when nothing is remembered. */
  private final class Life {
    final String id;
    final List<Entry> rewards = new ArrayList<>();
    final Set<String> remembered = new HashSet<>();
    final List<Long> activations = new ArrayList<>();
    @Nullable Decision decision;
    boolean shown;
    boolean rewarded;
    boolean learned;
    boolean unactivated;
    @Nullable Long forgetAt;

    Life(String id) {
      this.id = id;
    }

    boolean over() {
      return forgetAt != null;
    }

    Decision made() {
      return Objects.requireNonNull(decision);
    }

    boolean inWindow(long timeMillis) {
      return timeMillis - made().getEventTimeMillis() < windowMillis;
    }

    boolean active() {
      return !made().getDeferred() || activations.stream().anyMatch(this::inWindow);
    }

    boolean room(Reward reward) {
      long derived = remembered.stream().filter(name -> name.startsWith("true/")).count();
      return remembered.size() < 64 && (!reward.getDerived() || derived < 32);
    }

    void sendStages() {
      if (!staged || decision == null || over() || !active()) {
        return;
      }
      if (!shown) {
        shown = true;
        send("SHOWN", List.of());
      }
      if (!rewarded && rewards.stream().anyMatch(Entry::waits)) {
        rewarded = true;
        send("REWARDED", counted());
      }
    }

    List<Entry> counted() {
      return rewards.stream().filter(entry -> entry.waits() && !superseded(entry)).toList();
    }

    boolean superseded(Entry entry) {
      return !settings.derived().together()
          && entry.reward.getDerived()
          && rewards.stream()
              .anyMatch(
                  other ->
                      other.waits()
                          && !other.reward.getDerived()
                          && slot(other.reward, made()) == slot(entry.reward, made()));
    }

    void send(String stage, List<Entry> counted) {
      int slots = Math.max(1, made().getSlotsCount());
      List<Double> values = new ArrayList<>();
      for (int slot = 0; slot < slots; slot++) {
        List<HeldReward> own = new ArrayList<>();
        for (Entry entry : counted) {
          if (slot(entry.reward, made()) == slot) {
            own.add(
                HeldReward.newBuilder()
                    .setValue(entry.reward.getValue())
                    .setDerived(entry.reward.getDerived())
                    .setEventTimeMillis(entry.reward.getEventTimeMillis())
                    .build());
          }
        }
        values.add(own.isEmpty() ? settings.defaultReward() : Aggregation.of(own, settings));
      }
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      sent.computeIfAbsent(id, unknown -> new ArrayList<>())
          .add(
              new Sent(
                  stage,
                  sum / slots,
                  counted.size(),
                  made().getSlotsCount() == 0 ? List.of() : values));
    }

    void end() {
      if (!active()) {
        unactivated = true;
        rewards.stream().filter(Entry::waits).forEach(entry -> entry.fate = Fate.REJECTED);
        return;
      }
      List<Entry> counted = counted();
      send(staged ? "CLOSED" : "UNSPECIFIED", counted);
      rewards.stream().filter(Entry::waits).forEach(entry -> entry.fate = Fate.SUPERSEDED);
      counted.forEach(entry -> entry.fate = Fate.LEARNED);
      learned = true;
    }
  }

  private final boolean staged;
  private final RewardSettings settings;
  private final long windowMillis;
  private final Map<String, Life> lives = new HashMap<>();
  private final List<Life> all = new ArrayList<>();
  private final Map<String, List<Sent>> sent = new TreeMap<>();
  private long decisionsDuplicate;
  private long activationsReceived;

  JoinOracle(boolean staged, RewardSettings settings) {
    this.staged = staged;
    this.settings = settings;
    this.windowMillis = settings.window().toMillis();
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

  /** The slot that a reward is for; -1: it is not this decision's. */
  private static int slot(Reward reward, Decision decision) {
    List<String> slots = decision.getSlotsList().stream().map(s -> s.getSlot().getId()).toList();
    List<String> chosen =
        slots.isEmpty()
            ? List.of(decision.getActions(decision.getOrder(0)).getId())
            : decision.getSlotsList().stream()
                .map(slot -> decision.getActions(slot.getAction()).getId())
                .toList();
    if (reward.getDerived()) {
      boolean sameUser =
          decision.getUserId().isEmpty() || decision.getUserId().equals(reward.getUserId());
      return !sameUser ? -1 : reward.getItemId().isEmpty() ? 0 : chosen.indexOf(reward.getItemId());
    }
    return reward.getSlotId().isEmpty() ? 0 : slots.indexOf(reward.getSlotId());
  }

  void decision(Decision decision) {
    Life life = life(decision.getDecisionId());
    if (life.decision != null) {
      decisionsDuplicate++;
      return;
    }
    life.decision = decision;
    for (Entry entry : life.rewards) {
      if (entry.waits() && !life.inWindow(entry.reward.getEventTimeMillis())) {
        entry.fate = Fate.LATE;
      } else if (entry.waits() && slot(entry.reward, decision) < 0) {
        entry.fate = Fate.REJECTED;
      }
    }
    life.sendStages();
  }

  void reward(Reward reward) {
    Life life = life(reward.getDecisionId());
    Entry entry = new Entry(reward, fate(life, reward));
    life.rewards.add(entry);
    if ((entry.fate == Fate.LATE && life.room(reward)) || entry.waits()) {
      life.remembered.add(entry.name());
    }
    life.sendStages();
  }

  private static Fate fate(Life life, Reward reward) {
    if (life.remembered.contains(new Entry(reward, Fate.WAITING).name())) {
      return Fate.DUPLICATE;
    }
    if (life.over() || (life.decision != null && !life.inWindow(reward.getEventTimeMillis()))) {
      return Fate.LATE;
    }
    boolean misplaced = life.decision != null && slot(reward, life.decision) < 0;
    return misplaced || !life.room(reward) ? Fate.REJECTED : Fate.WAITING;
  }

  void activation(String id, long timeMillis) {
    activationsReceived++;
    Life life = life(id);
    if (life.over()) {
      return;
    }
    life.activations.add(timeMillis);
    if (life.decision == null) {
      long earliest = Collections.min(life.activations);
      life.activations.removeIf(other -> other != earliest);
    }
    life.sendStages();
  }

  void advance(long watermarkMillis) {
    for (Life life : List.copyOf(lives.values())) {
      if (life.decision == null) {
        forgetHeld(life, watermarkMillis);
      } else if (life.forgetAt != null) {
        if (life.forgetAt <= watermarkMillis) {
          lives.remove(life.id);
        }
      } else if (life.decision.getEventTimeMillis() + windowMillis <= watermarkMillis) {
        life.end();
        life.forgetAt = watermarkMillis + windowMillis;
      }
    }
  }

  private void forgetHeld(Life life, long watermarkMillis) {
    for (Entry entry : life.rewards) {
      if (entry.waits() && entry.reward.getEventTimeMillis() + windowMillis <= watermarkMillis) {
        entry.fate = Fate.ORPHAN;
        life.remembered.remove(entry.name());
      }
    }
    life.activations.removeIf(timeMillis -> timeMillis + windowMillis <= watermarkMillis);
    if (life.remembered.isEmpty() && life.activations.isEmpty()) {
      lives.remove(life.id);
    }
  }

  /** What was sent to the learner, in order, by decision id. */
  Map<String, List<Sent>> sent() {
    return sent;
  }

  JoinCounts counts() {
    List<Entry> rewards = all.stream().flatMap(life -> life.rewards.stream()).toList();
    ToLongFunction<Fate> count =
        fate -> rewards.stream().filter(entry -> entry.fate == fate).count();
    long made = all.stream().filter(life -> life.decision != null).count();
    long learned = all.stream().filter(life -> life.learned).count();
    long unactivated = all.stream().filter(life -> life.unactivated).count();
    long superseded = count.applyAsLong(Fate.SUPERSEDED);
    return JoinCounts.newBuilder()
        .setSurface("home")
        .setRewardsReceived(rewards.size())
        .setRewardsLearned(count.applyAsLong(Fate.LEARNED))
        .setRewardsWaiting(count.applyAsLong(Fate.WAITING))
        .setRewardsLate(count.applyAsLong(Fate.LATE))
        .setRewardsDuplicate(count.applyAsLong(Fate.DUPLICATE))
        .setRewardsOrphan(count.applyAsLong(Fate.ORPHAN))
        .setRewardsRejected(count.applyAsLong(Fate.REJECTED) + superseded)
        .setRewardsSuperseded(superseded)
        .setRewardsDerived(rewards.stream().filter(entry -> entry.reward.getDerived()).count())
        .setDecisionsReceived(made + decisionsDuplicate)
        .setDecisionsLearned(learned)
        .setDecisionsWaiting(made - learned - unactivated)
        .setDecisionsDuplicate(decisionsDuplicate)
        .setDecisionsUnactivated(unactivated)
        .setActivationsReceived(activationsReceived)
        .build();
  }
}
