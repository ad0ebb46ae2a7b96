package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.HeldReward;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins a decision with its rewards: a pure state machine over {@link PendingDecision}. The
 * operator keeps the state, calls it with each record and at the close time, and registers a timer
 * for {@link Step#closesMillis}. Counts go to the {@link JoinCounter}.
 *
 * <p>All times are event times. A decision made at {@code t} has the rewards of {@code [.., t +
 * window)}: the end is exclusive, and a reward stamped before its decision (another clock) counts.
 * The life of a state:
 *
 * <ul>
 *   <li><b>rewards only</b>: the decision has not come. Each reward is held until its own time plus
 *       the window, then it is an orphan. Of several activations the earliest is held, for as long.
 *   <li><b>open</b>: until {@code t + window}. A surface that learns at the first reward learns
 *       here and keeps only ids and times.
 *   <li><b>closed</b>: for one more window after the close only ids are left, so that a late reward
 *       counts as late and a repeat as a repeat. After that nothing is left: a repeat of the
 *       decision would be taken for a new one, a reward for an orphan.
 * </ul>
 *
 * <p>At most {@link #MAX_REWARDS} reward ids are kept per decision: a further reward that could
 * have been learned is rejected; a further late one counts as late and is not remembered. A reward
 * without an id cannot be told from another one and is never a repeat. Immutable; any thread.
 */
public final class RewardJoin {
  /** Rewards (or, of those already counted, ids) kept per decision. */
  public static final int MAX_REWARDS = 64;

  /**
   * What a record or the close did.
   *
   * @param next the state from now on; null: drop it
   * @param joined a decision to learn now; null: none
   * @param closesMillis event time at which {@link #close} is due; 0: no timer needed
   */
  public record Step(
      @Nullable PendingDecision next, @Nullable JoinedDecision joined, long closesMillis) {
    private static Step keep(PendingDecision next) {
      return new Step(next, null, next.getClosesMillis());
    }

    private static Step drop() {
      return new Step(null, null, 0);
    }
  }

  private final RewardSettings settings;
  private final long windowMillis;

  public RewardJoin(RewardSettings settings) {
    this.settings = settings;
    this.windowMillis = settings.window().toMillis();
  }

  /** A decision came. */
  public Step decision(@Nullable PendingDecision state, Decision decision, JoinCounter counter) {
    if (state != null && state.hasDecision()) {
      counter.decisionRepeated();
      return Step.keep(state);
    }
    counter.decisionWaits();
    long closesMillis = windowAfter(decision.getEventTimeMillis());
    PendingDecision.Builder next = builder(state);
    next.setDecision(decision)
        .setClosesMillis(closesMillis)
        .setActivated(
            !decision.getDeferred()
                || (next.hasActivatedMillis() && next.getActivatedMillis() < closesMillis));
    settleHeldAfterWindow(next, counter);
    return learnIfDue(next, counter);
  }

  /**
   * A reward or an activation came.
   *
   * @param receivedMillis wall clock, milliseconds since 1970 UTC; only passed on
   */
  public Step reward(
      @Nullable PendingDecision state, Reward reward, long receivedMillis, JoinCounter counter) {
    if (reward.hasActivation()) {
      counter.activation();
      return activation(state, reward.getEventTimeMillis(), counter);
    }
    if (state != null && remembers(state, reward)) {
      counter.rewardRepeated();
      return Step.keep(state);
    }
    if (state != null && isLate(state, reward)) {
      counter.rewardLate();
      return Step.keep(remember(state, reward));
    }
    if (!settings.accepts(reward.getValue())
        || (state != null && state.getRewardsCount() >= MAX_REWARDS)) {
      counter.rewardRejected();
      return state == null ? Step.drop() : Step.keep(state);
    }
    counter.rewardWaits();
    PendingDecision.Builder next = builder(state).addRewards(held(reward, receivedMillis));
    return next.hasDecision() ? learnIfDue(next, counter) : holdWithoutDecision(next);
  }

  /** The close time was reached, and event time is not known to be any further. */
  public Step close(PendingDecision state, JoinCounter counter) {
    return close(state, state.getClosesMillis(), counter);
  }

  /**
   * The close time was reached.
   *
   * @param reachedMillis event time reached, at least the close time. Where a decision came long
   *     after its window (a replay, a spool) the ids are kept for a window from here on
   */
  public Step close(PendingDecision state, long reachedMillis, JoinCounter counter) {
    if (!state.hasDecision()) {
      return orphan(state, reachedMillis, counter);
    }
    if (state.getClosed()) {
      return Step.drop();
    }
    JoinedDecision joined = null;
    if (!state.getLearned()) {
      List<HeldReward> rewards = unsettled(state.getRewardsList());
      if (state.getActivated()) {
        counter.decisionLearned(rewards.size());
        joined = join(state.getDecision(), rewards);
      } else {
        counter.decisionNeverActivated(rewards.size());
      }
    }
    PendingDecision next =
        idsOnly(state.toBuilder())
            .setClosed(true)
            .setClosesMillis(windowAfter(Math.max(reachedMillis, state.getClosesMillis())))
            .build();
    return new Step(next, joined, next.getClosesMillis());
  }

  private Step activation(@Nullable PendingDecision state, long timeMillis, JoinCounter counter) {
    PendingDecision.Builder next = builder(state);
    if (!next.hasDecision()) {
      long earliest =
          next.hasActivatedMillis() ? Math.min(next.getActivatedMillis(), timeMillis) : timeMillis;
      return holdWithoutDecision(next.setActivatedMillis(earliest));
    }
    boolean counts = !next.getClosed() && timeMillis < next.getClosesMillis();
    if (next.getActivated() || !counts) {
      return Step.keep(next.build());
    }
    return learnIfDue(next.setActivated(true).setActivatedMillis(timeMillis), counter);
  }

  private Step learnIfDue(PendingDecision.Builder next, JoinCounter counter) {
    List<HeldReward> rewards = unsettled(next.getRewardsList());
    if (settings.learnWhen() != LearnWhen.LEARN_WHEN_REWARD
        || !next.getActivated()
        || rewards.isEmpty()) {
      return Step.keep(next.build());
    }
    counter.decisionLearned(rewards.size());
    JoinedDecision joined = join(next.getDecision(), rewards);
    return new Step(idsOnly(next).setLearned(true).build(), joined, next.getClosesMillis());
  }

  /** Orphans what waited long enough and keeps the rest. */
  private Step orphan(PendingDecision state, long reachedMillis, JoinCounter counter) {
    PendingDecision.Builder next = state.toBuilder().clearRewards();
    for (HeldReward reward : state.getRewardsList()) {
      if (windowAfter(reward.getEventTimeMillis()) > reachedMillis) {
        next.addRewards(reward);
      }
    }
    counter.waitingRewardsOrphaned(state.getRewardsCount() - next.getRewardsCount());
    if (next.hasActivatedMillis() && windowAfter(next.getActivatedMillis()) <= reachedMillis) {
      next.clearActivatedMillis();
    }
    return next.getRewardsCount() == 0 && !next.hasActivatedMillis()
        ? Step.drop()
        : holdWithoutDecision(next);
  }

  /** Closes when the first of the held rewards and the activation has waited long enough. */
  private Step holdWithoutDecision(PendingDecision.Builder next) {
    long closesMillis =
        next.hasActivatedMillis() ? windowAfter(next.getActivatedMillis()) : Long.MAX_VALUE;
    for (HeldReward reward : next.getRewardsList()) {
      closesMillis = Math.min(closesMillis, windowAfter(reward.getEventTimeMillis()));
    }
    return Step.keep(next.setClosesMillis(closesMillis).build());
  }

  private JoinedDecision join(Decision decision, List<HeldReward> rewards) {
    JoinedDecision.Builder joined =
        JoinedDecision.newBuilder()
            .setDecision(decision)
            .setReward(
                rewards.isEmpty() ? settings.defaultReward() : Aggregation.of(rewards, settings))
            .setRewardCount(rewards.size());
    for (HeldReward reward : rewards) {
      joined.setRewardTimeMillis(
          Math.max(joined.getRewardTimeMillis(), reward.getReceivedMillis()));
    }
    return joined.build();
  }

  /** The end of a window that starts there; a time too large for that never ends. */
  private long windowAfter(long timeMillis) {
    long end = timeMillis + windowMillis;
    return end < timeMillis ? Long.MAX_VALUE : end;
  }

  private static PendingDecision.Builder builder(@Nullable PendingDecision state) {
    return state == null ? PendingDecision.newBuilder() : state.toBuilder();
  }

  private static boolean remembers(PendingDecision state, Reward reward) {
    if (reward.getRewardId().isEmpty()) {
      return false;
    }
    for (HeldReward held : state.getRewardsList()) {
      if (held.getRewardId().equals(reward.getRewardId())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLate(PendingDecision state, Reward reward) {
    return state.getClosed()
        || state.getLearned()
        || (state.hasDecision() && reward.getEventTimeMillis() >= state.getClosesMillis());
  }

  /** Keeps a late reward's id where there is room. */
  private static PendingDecision remember(PendingDecision state, Reward reward) {
    return state.getRewardsCount() >= MAX_REWARDS || reward.getRewardId().isEmpty()
        ? state
        : state.toBuilder().addRewards(settled(reward.getRewardId())).build();
  }

  private static void settleHeldAfterWindow(PendingDecision.Builder next, JoinCounter counter) {
    for (int i = 0; i < next.getRewardsCount(); i++) {
      HeldReward held = next.getRewards(i);
      if (held.getEventTimeMillis() >= next.getClosesMillis()) {
        counter.waitingRewardLate();
        next.setRewards(i, settled(held.getRewardId()));
      }
    }
  }

  private static List<HeldReward> unsettled(List<HeldReward> rewards) {
    List<HeldReward> unsettled = new ArrayList<>(rewards.size());
    for (HeldReward reward : rewards) {
      if (!reward.getSettled()) {
        unsettled.add(reward);
      }
    }
    return unsettled;
  }

  /** What recognising repeats needs: the features of a decision are most of its bytes. */
  private static PendingDecision.Builder idsOnly(PendingDecision.Builder state) {
    Decision decision = state.getDecision();
    state.setDecision(
        Decision.newBuilder()
            .setDecisionId(decision.getDecisionId())
            .setSurface(decision.getSurface())
            .setEventTimeMillis(decision.getEventTimeMillis()));
    for (int i = 0; i < state.getRewardsCount(); i++) {
      state.setRewards(i, settled(state.getRewards(i).getRewardId()));
    }
    return state;
  }

  private static HeldReward settled(String rewardId) {
    return HeldReward.newBuilder().setRewardId(rewardId).setSettled(true).build();
  }

  private static HeldReward held(Reward reward, long receivedMillis) {
    return HeldReward.newBuilder()
        .setRewardId(reward.getRewardId())
        .setValue(reward.getValue())
        .setEventTimeMillis(reward.getEventTimeMillis())
        .setReceivedMillis(receivedMillis)
        .build();
  }
}
