package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.RecentDecision;
import io.waggle.v1.RecentDecisions;
import io.waggle.v1.RecentInteraction;
import io.waggle.v1.Reward;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns the interactions and signals of one user on one surface into rewards of that user's
 * decisions: a pure state machine over {@link RecentDecisions}, driven like {@link RewardJoin}.
 *
 * <p>An interaction that a rule is for rewards
 *
 * <ul>
 *   <li>the decision it names, at once; the join sees whether user and item are that decision's;
 *   <li>else the newest decision that chose its item, made at or before it and less than the window
 *       before. Which one that is is known when event time has passed the interaction: until then
 *       it waits, so the answer does not depend on which of the two topics was read first.
 * </ul>
 *
 * <p>A signal that a rule is for rewards the decision that the newest of its interactions with one
 * names, else the newest decision that chose the item of its newest interaction with one, made at
 * or before the newest interaction and less than the window before the match was complete. From
 * here on what is said of interactions holds for signals.
 *
 * <p>Deferred decisions are not remembered, as nothing here says which were shown; they are
 * rewarded by name.
 *
 * <p>Bounds: the {@link #MAX_DECISIONS} newest decisions, and {@link #MAX_INTERACTIONS}
 * interactions, that wait or are remembered so that a repeat gives no second reward. Beyond it the
 * oldest id is forgotten; where all wait, one more is unmatched. Everything is forgotten one window
 * after its time. Immutable; any thread.
 */
public final class RewardDerivation {
  /** Decisions kept per user. */
  public static final int MAX_DECISIONS = 64;

  /** Interactions kept per user, most of them only by id. */
  public static final int MAX_INTERACTIONS = 128;

  /**
   * What a record or the due time did.
   *
   * @param next the state from now on; null: drop it
   * @param rewards for the join, now
   * @param dueMillis event time at which {@link #due} is to be called; 0: no timer needed
   */
  public record Step(@Nullable RecentDecisions next, List<Reward> rewards, long dueMillis) {}

  private final DerivationSettings settings;
  private final long windowMillis;

  public RewardDerivation(RewardSettings settings) {
    this.settings = settings.derived();
    this.windowMillis = settings.window().toMillis();
  }

  /**
   * A decision came.
   *
   * @param watermarkMillis event time reached; a decision whose window is over is not kept
   */
  public Step decision(@Nullable RecentDecisions state, Decision decision, long watermarkMillis) {
    RecentDecisions.Builder next = builder(state);
    boolean over = windowAfter(decision.getEventTimeMillis()) <= watermarkMillis;
    boolean known =
        next.getDecisionsList().stream()
            .anyMatch(recent -> recent.getDecisionId().equals(decision.getDecisionId()));
    if (!decision.getDeferred() && !over && !known) {
      next.addDecisions(
          RecentDecision.newBuilder()
              .setDecisionId(decision.getDecisionId())
              .setEventTimeMillis(decision.getEventTimeMillis())
              .addAllChosenActions(Decisions.chosenActions(decision)));
      if (next.getDecisionsCount() > MAX_DECISIONS) {
        next.removeDecisions(oldest(next.getDecisionsList()));
      }
    }
    return keep(next, List.of());
  }

  /** What an interaction that came is worth; empty: no rule fits, and that is all of it. */
  public OptionalDouble worth(Interaction interaction, DerivationCounter counter) {
    counter.received();
    OptionalDouble value = settings.valueOf(interaction);
    if (value.isEmpty()) {
      counter.withoutRule();
    }
    return value;
  }

  /** What a signal that came is worth; empty: no rule fits, and that is all of it. */
  public OptionalDouble worth(Signal signal, DerivationCounter counter) {
    counter.received();
    OptionalDouble value = settings.valueOf(signal);
    if (value.isEmpty()) {
      counter.withoutRule();
    }
    return value;
  }

  /**
   * An interaction came that a rule fits.
   *
   * @param value its {@link #worth}
   * @param watermarkMillis event time reached: one at or before it does not wait
   */
  public Step interaction(
      @Nullable RecentDecisions state,
      Interaction interaction,
      double value,
      long watermarkMillis,
      DerivationCounter counter) {
    return cause(
        state,
        new User(interaction.getSurface(), interaction.getUserId()),
        RecentInteraction.newBuilder()
            .setInteractionId(interaction.getInteractionId())
            .setEventTimeMillis(interaction.getEventTimeMillis())
            .setItemId(interaction.getItemId())
            .setValue(value)
            .build(),
        interaction.getDecisionId(),
        watermarkMillis,
        counter);
  }

  /** A signal came that a rule fits; like {@link #interaction}. */
  public Step signal(
      @Nullable RecentDecisions state,
      Signal signal,
      double value,
      long watermarkMillis,
      DerivationCounter counter) {
    SignalEvent named = newest(signal, event -> !event.getDecisionId().isEmpty());
    SignalEvent touched =
        named != null ? named : newest(signal, event -> !event.getItemId().isEmpty());
    SignalEvent last = newest(signal, event -> true);
    return cause(
        state,
        new User(signal.getSurface(), signal.getUserId()),
        RecentInteraction.newBuilder()
            .setInteractionId(signal.getSignalId())
            .setEventTimeMillis(signal.getEndedMillis())
            .setItemId(touched == null ? "" : touched.getItemId())
            .setValue(value)
            .setLedMillis(last == null ? 0 : last.getTimeMillis())
            .build(),
        named == null ? "" : named.getDecisionId(),
        watermarkMillis,
        counter);
  }

  /** Of those of the same time the last in the match; null: there is none. */
  private static @Nullable SignalEvent newest(Signal signal, Predicate<SignalEvent> which) {
    SignalEvent newest = null;
    for (SignalEvent event : signal.getEventsList()) {
      if (which.test(event)
          && (newest == null || event.getTimeMillis() >= newest.getTimeMillis())) {
        newest = event;
      }
    }
    return newest;
  }

  private record User(String surface, String id) {}

  private Step cause(
      @Nullable RecentDecisions state,
      User user,
      RecentInteraction worth,
      String namedDecision,
      long watermarkMillis,
      DerivationCounter counter) {
    RecentDecisions.Builder next = builder(state);
    if (remembers(next, worth.getInteractionId())) {
      counter.repeated();
      return keep(next, List.of());
    }
    boolean named = !namedDecision.isEmpty();
    boolean waits =
        !named && !worth.getItemId().isEmpty() && worth.getEventTimeMillis() > watermarkMillis;
    if (!makeRoom(next) && waits) {
      counter.unmatched();
      return keep(next, List.of());
    }
    if (waits) {
      counter.waits();
      return keep(next.addInteractions(worth.toBuilder().setWaiting(true)), List.of());
    }
    if (next.getInteractionsCount() < MAX_INTERACTIONS
        && windowAfter(worth.getEventTimeMillis()) > watermarkMillis) {
      next.addInteractions(idOnly(worth));
    }
    String decisionId = named ? namedDecision : match(next, worth);
    return keep(next, reward(user, worth, decisionId, counter));
  }

  /**
   * The due time was reached: interactions that waited find their decision, and what is older than
   * a window is forgotten.
   *
   * @param surface and {@code user}: the key
   * @param reachedMillis event time reached, at least the due time
   */
  public Step due(
      RecentDecisions state,
      String surface,
      String user,
      long reachedMillis,
      DerivationCounter counter) {
    RecentDecisions.Builder next = state.toBuilder().clearInteractions().clearDecisions();
    List<Reward> rewards = new ArrayList<>();
    User whose = new User(surface, user);
    for (RecentInteraction recent : state.getInteractionsList()) {
      boolean settles = recent.getWaiting() && recent.getEventTimeMillis() <= reachedMillis;
      if (settles) {
        counter.waitedLongEnough();
        rewards.addAll(reward(whose, recent, match(state.toBuilder(), recent), counter));
      }
      if (windowAfter(recent.getEventTimeMillis()) > reachedMillis) {
        next.addInteractions(settles ? idOnly(recent) : recent);
      }
    }
    for (RecentDecision decision : state.getDecisionsList()) {
      if (windowAfter(decision.getEventTimeMillis()) > reachedMillis) {
        next.addDecisions(decision);
      }
    }
    return keep(next, rewards);
  }

  private static List<Reward> reward(
      User whose, RecentInteraction worth, @Nullable String decisionId, DerivationCounter counter) {
    if (decisionId == null) {
      counter.unmatched();
      return List.of();
    }
    counter.rewarded();
    return List.of(
        Reward.newBuilder()
            .setRewardId(worth.getInteractionId())
            .setDerived(true)
            .setDecisionId(decisionId)
            .setSurface(whose.surface())
            .setUserId(whose.id())
            .setItemId(worth.getItemId())
            .setEventTimeMillis(worth.getEventTimeMillis())
            .setValue(worth.getValue())
            .build());
  }

  /** The newest decision that chose the item and whose window has the interaction; null: none. */
  private @Nullable String match(RecentDecisions.Builder state, RecentInteraction interaction) {
    RecentDecision newest = null;
    long ledMillis =
        interaction.getLedMillis() > 0
            ? interaction.getLedMillis()
            : interaction.getEventTimeMillis();
    for (RecentDecision decision : state.getDecisionsList()) {
      long madeMillis = decision.getEventTimeMillis();
      boolean inWindow =
          madeMillis <= ledMillis && interaction.getEventTimeMillis() < windowAfter(madeMillis);
      if (inWindow
          && decision.getChosenActionsList().contains(interaction.getItemId())
          && (newest == null || isNewer(decision, newest))) {
        newest = decision;
      }
    }
    return newest == null ? null : newest.getDecisionId();
  }

  /** By time; of the same time the id decides, so that the order of arrival does not. */
  private static boolean isNewer(RecentDecision decision, RecentDecision than) {
    int byTime = Long.compare(decision.getEventTimeMillis(), than.getEventTimeMillis());
    return byTime > 0
        || (byTime == 0 && decision.getDecisionId().compareTo(than.getDecisionId()) > 0);
  }

  private static int oldest(List<RecentDecision> decisions) {
    int oldest = 0;
    for (int i = 1; i < decisions.size(); i++) {
      if (isNewer(decisions.get(oldest), decisions.get(i))) {
        oldest = i;
      }
    }
    return oldest;
  }

  private static boolean remembers(RecentDecisions.Builder state, String interactionId) {
    return state.getInteractionsList().stream()
        .anyMatch(recent -> recent.getInteractionId().equals(interactionId));
  }

  /** Forgets the id that came first, where the bound is reached; false: all of them wait. */
  private static boolean makeRoom(RecentDecisions.Builder state) {
    for (int i = 0; state.getInteractionsCount() >= MAX_INTERACTIONS; i++) {
      if (i == state.getInteractionsCount()) {
        return false;
      }
      if (!state.getInteractions(i).getWaiting()) {
        state.removeInteractions(i);
      }
    }
    return true;
  }

  private static RecentInteraction idOnly(RecentInteraction interaction) {
    return interaction.toBuilder()
        .clearWaiting()
        .clearItemId()
        .clearValue()
        .clearLedMillis()
        .build();
  }

  private Step keep(RecentDecisions.Builder next, List<Reward> rewards) {
    long dueMillis = Long.MAX_VALUE;
    for (RecentDecision decision : next.getDecisionsList()) {
      dueMillis = Math.min(dueMillis, windowAfter(decision.getEventTimeMillis()));
    }
    for (RecentInteraction recent : next.getInteractionsList()) {
      long timeMillis = recent.getEventTimeMillis();
      dueMillis = Math.min(dueMillis, recent.getWaiting() ? timeMillis : windowAfter(timeMillis));
    }
    if (next.getDecisionsCount() + next.getInteractionsCount() == 0) {
      return new Step(null, rewards, 0);
    }
    return new Step(next.setDueMillis(dueMillis).build(), rewards, dueMillis);
  }

  /** The end of a window that starts there; a time too large for that never ends. */
  private long windowAfter(long timeMillis) {
    long end = timeMillis + windowMillis;
    return end < timeMillis ? Long.MAX_VALUE : end;
  }

  private static RecentDecisions.Builder builder(@Nullable RecentDecisions state) {
    return state == null ? RecentDecisions.newBuilder() : state.toBuilder();
  }
}
