package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.HeldReward;
import io.waggle.v1.JoinStage;
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
 *   <li><b>open</b>: until {@code t + window}.
 *   <li><b>closed</b>: for one more window after the close only ids are left, so that a late reward
 *       counts as late and a repeat as a repeat. After that nothing is left: a repeat of the
 *       decision would be taken for a new one, a reward for an orphan.
 * </ul>
 *
 * <p>A surface that learns at the window's end gets a decision once, complete. One that learns at
 * the first reward gets it in stages: {@code SHOWN} when it comes (a deferred one: when it is
 * activated), {@code REWARDED} with the first reward, explicit or derived, after which the features
 * are dropped, and {@code CLOSED} at the window's end with all rewards. Where somebody wants
 * complete decisions (the decision log), the features stay until then and {@code CLOSED} has them:
 * what that costs is in docs/state.md. Either way a reward waits until its decision's window closes
 * and is then learned, or rejected: superseded, or of a decision never activated.
 *
 * <p>At most {@link #MAX_REWARDS} reward ids are kept per decision, {@link #MAX_DERIVED_REWARDS} of
 * them derived: a further reward that could have been learned is rejected; a further late one
 * counts as late and is not remembered. A reward without an id cannot be told from another one and
 * is never a repeat. Immutable but for the {@link ActionStore}.
 */
public final class RewardJoin {
  /** Rewards (or, of those already counted, ids) kept per decision. */
  public static final int MAX_REWARDS = 64;

  /** Of those: derived from interactions. */
  public static final int MAX_DERIVED_REWARDS = 32;

  /**
   * What a record or the close did.
   *
   * @param next the state from now on; null: drop it
   * @param joined what to learn now, in this order
   * @param closesMillis event time at which {@link #close} is due; 0: no timer needed
   */
  public record Step(
      @Nullable PendingDecision next, List<JoinedDecision> joined, long closesMillis) {
    private static Step keep(PendingDecision next) {
      return new Step(next, List.of(), next.getClosesMillis());
    }

    private static Step drop() {
      return new Step(null, List.of(), 0);
    }
  }

  private final RewardSettings settings;
  private final long windowMillis;
  private final boolean staged;
  private final ActionStore store;
  private final boolean completeAtClose;

  /** A join whose decisions keep their actions themselves. */
  public RewardJoin(RewardSettings settings) {
    this(settings, ActionStore.none(), false);
  }

  /**
   * A join whose decisions share their actions.
   *
   * @param store used by this join's thread alone, and saved with its states
   * @param completeAtClose true: what leaves when the window closes has the decision's features,
   *     also where it is the last of several stages. What dropped them before this was so has none
   */
  public RewardJoin(RewardSettings settings, ActionStore store, boolean completeAtClose) {
    this.settings = settings;
    this.store = store;
    this.completeAtClose = completeAtClose;
    this.windowMillis = settings.window().toMillis();
    this.staged = settings.learnWhen() == LearnWhen.LEARN_WHEN_REWARD;
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
    store.put(next, decision, closesMillis);
    next.addAllChosenActions(Decisions.chosenActions(decision))
        .setClosesMillis(closesMillis)
        .setActivated(
            !decision.getDeferred()
                || (next.hasActivatedMillis() && next.getActivatedMillis() < closesMillis));
    placeHeld(next, counter);
    return emit(next, next.getActivated());
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
      return activation(state, reward.getEventTimeMillis());
    }
    counter.rewardReceived(reward);
    if (state != null && HeldRewards.remembers(state, reward)) {
      counter.rewardRepeated();
      return Step.keep(state);
    }
    if (state != null && isLate(state, reward)) {
      counter.rewardLate();
      return Step.keep(HeldRewards.remembering(state, reward));
    }
    PendingDecision.Builder next = builder(state);
    HeldReward held = HeldRewards.held(reward, receivedMillis);
    HeldReward placed = next.hasDecision() ? HeldRewards.placed(held, next) : held;
    if (placed == null
        || !settings.accepts(reward.getValue())
        || HeldRewards.full(next, reward.getDerived())) {
      counter.rewardRejected();
      return state == null ? Step.drop() : Step.keep(state);
    }
    counter.rewardWaits();
    next.addRewards(placed);
    return next.hasDecision() ? emit(next, false) : holdWithoutDecision(next);
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
    List<JoinedDecision> joined = new ArrayList<>(1);
    List<HeldReward> rewards = HeldRewards.unsettled(state.getRewardsList());
    if (state.getActivated()) {
      JoinedDecision last = last(state, rewards);
      counter.decisionLearned(last.getRewardCount(), rewards.size() - last.getRewardCount());
      joined.add(last);
    } else {
      counter.decisionNeverActivated(rewards.size());
    }
    PendingDecision next =
        idsOnly(state)
            .setClosesMillis(windowAfter(Math.max(reachedMillis, state.getClosesMillis())))
            .build();
    return new Step(next, joined, next.getClosesMillis());
  }

  private JoinedDecision last(PendingDecision state, List<HeldReward> rewards) {
    JoinStage stage = staged ? JoinStage.JOIN_STAGE_CLOSED : JoinStage.JOIN_STAGE_UNSPECIFIED;
    Decision decision =
        staged && !completeAtClose
            ? Decisions.withoutFeatures(state.getDecision())
            : store.decision(state);
    return JoinedRewards.of(stage, decision, rewards, settings);
  }

  private Step activation(@Nullable PendingDecision state, long timeMillis) {
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
    return emit(next.setActivated(true).setActivatedMillis(timeMillis), true);
  }

  /** Sends the stages that are due, where the surface learns in stages. */
  private Step emit(PendingDecision.Builder next, boolean shown) {
    if (!staged || !next.getActivated()) {
      return Step.keep(next.build());
    }
    List<HeldReward> rewards = HeldRewards.unsettled(next.getRewardsList());
    boolean rewarded = !next.getRewarded() && !rewards.isEmpty();
    if (!shown && !rewarded) {
      return Step.keep(next.build());
    }
    Decision decision = store.decision(next);
    List<JoinedDecision> joined = new ArrayList<>(2);
    if (shown) {
      joined.add(JoinedRewards.of(JoinStage.JOIN_STAGE_SHOWN, decision, List.of(), settings));
    }
    if (rewarded) {
      joined.add(JoinedRewards.of(JoinStage.JOIN_STAGE_REWARDED, decision, rewards, settings));
      next.setRewarded(true);
      if (!completeAtClose) {
        next.clearActionReferences().setDecision(Decisions.withoutFeatures(decision));
      }
    }
    return new Step(next.build(), joined, next.getClosesMillis());
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

  /** The end of a window that starts there; a time too large for that never ends. */
  private long windowAfter(long timeMillis) {
    long end = timeMillis + windowMillis;
    return end < timeMillis ? Long.MAX_VALUE : end;
  }

  private static PendingDecision.Builder builder(@Nullable PendingDecision state) {
    return state == null ? PendingDecision.newBuilder() : state.toBuilder();
  }

  private static boolean isLate(PendingDecision state, Reward reward) {
    return state.getClosed()
        || (state.hasDecision() && reward.getEventTimeMillis() >= state.getClosesMillis());
  }

  /** The decision has come: each reward held for it is late, or not its own, or finds its slot. */
  private static void placeHeld(PendingDecision.Builder next, JoinCounter counter) {
    for (int i = 0; i < next.getRewardsCount(); i++) {
      HeldReward held = next.getRewards(i);
      HeldReward placed = HeldRewards.placed(held, next);
      boolean late = held.getEventTimeMillis() >= next.getClosesMillis();
      if (late) {
        counter.waitingRewardLate();
      } else if (placed == null) {
        counter.waitingRewardRejected();
      }
      next.setRewards(
          i,
          late || placed == null
              ? HeldRewards.settled(held.getRewardId(), held.getDerived())
              : placed);
    }
  }

  /** What recognising repeats needs: the features of a decision are most of its bytes. */
  private static PendingDecision.Builder idsOnly(PendingDecision state) {
    PendingDecision.Builder ids =
        state.toBuilder()
            .setClosed(true)
            .clearChosenActions()
            .clearActionReferences()
            .setDecision(Decisions.idsOnly(state.getDecision()));
    for (int i = 0; i < ids.getRewardsCount(); i++) {
      HeldReward reward = ids.getRewards(i);
      ids.setRewards(i, HeldRewards.settled(reward.getRewardId(), reward.getDerived()));
    }
    return ids;
  }
}
