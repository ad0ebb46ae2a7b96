package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.FirstInteraction;
import io.waggle.v1.Interaction;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionAspectState;
import io.waggle.v1.SessionFeature;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folds what the session itself does not know: the rankings that interactions named, and how it was
 * entered. Immutable; any thread.
 */
final class SessionAspectFold implements KindFold {
  /**
   * By time; what happened at the same time by name, so that the order of arrival does not decide.
   */
  private static final Comparator<FirstInteraction> BY_TIME =
      Comparator.comparingLong(FirstInteraction::getTimeMillis)
          .thenComparing(FirstInteraction::getType)
          .thenComparing(FirstInteraction::getCategory);

  private final SessionAspect aspect;

  SessionAspectFold(SessionFeature feature) {
    aspect = feature.getAspect();
  }

  /** True: the aspect keeps something that the session does not. */
  static boolean keepsState(SessionFeature feature) {
    return switch (feature.getAspect()) {
      case SESSION_ASPECT_POSITION, SESSION_ASPECT_ENTRY -> true;
      default -> false;
    };
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.SESSION;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    return aspect == SessionAspect.SESSION_ASPECT_POSITION
        ? position(known.getSession(), interaction, session, next)
        : entry(known.getSession(), interaction, session, next);
  }

  private static boolean position(
      SessionAspectState known,
      Interaction interaction,
      SessionSpan session,
      FeatureState.Builder next) {
    if (interaction.getDecisionId().isEmpty()) {
      return false;
    }
    next.setSession(
        SessionAspectState.newBuilder()
            .setRankings(
                SeenItems.with(
                    known.getRankings(),
                    Hashes.of(interaction.getDecisionId()),
                    interaction.getEventTimeMillis(),
                    session)));
    return true;
  }

  private static boolean entry(
      SessionAspectState known,
      Interaction interaction,
      SessionSpan session,
      FeatureState.Builder next) {
    FirstInteraction first =
        FirstInteraction.newBuilder()
            .setTimeMillis(interaction.getEventTimeMillis())
            .setType(interaction.getType())
            .setCategory(interaction.getCategory())
            .build();
    List<FirstInteraction> entries =
        Stream.concat(known.getEntriesList().stream(), Stream.of(first))
            .filter(entry -> !session.isGone(entry.getTimeMillis()))
            .sorted(BY_TIME)
            .toList();
    // The first of all is that of the session before, if there is one.
    SessionAspectState.Builder kept = SessionAspectState.newBuilder();
    FirstInteraction ofPast = firstOf(entries, session, false);
    FirstInteraction ofCurrent = firstOf(entries, session, true);
    if (ofPast != null) {
      kept.addEntries(ofPast);
    }
    if (ofCurrent != null) {
      kept.addEntries(ofCurrent);
    }
    next.setSession(kept);
    return true;
  }

  private static @Nullable FirstInteraction firstOf(
      List<FirstInteraction> entries, SessionSpan session, boolean current) {
    for (FirstInteraction entry : entries) {
      if (session.inCurrent(entry.getTimeMillis()) == current) {
        return entry;
      }
    }
    return null;
  }
}
