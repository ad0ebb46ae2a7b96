package io.waggle.state.session;

import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import org.jspecify.annotations.Nullable;

/** Folds one interaction into a user's session. Pure: same inputs, same output; any thread. */
public final class SessionFold {
  /** What became of an interaction. */
  public enum Outcome {
    /** It changed the session. */
    FOLDED,
    /** Its id is among the newest 32: dropped. */
    DUPLICATE,
    /** It is older than the session's newest by more than the gap: counted only. */
    LATE
  }

  /** The session after the interaction (unchanged for a duplicate) and what became of it. */
  public record Folded(Session session, Outcome outcome) {}

  private final SessionSettings settings;

  public SessionFold(SessionSettings settings) {
    this.settings = settings;
  }

  /** Folds; {@code previous} is null for a user never seen. */
  public Folded fold(@Nullable Session previous, Interaction interaction) {
    throw new UnsupportedOperationException(settings.toString());
  }
}
