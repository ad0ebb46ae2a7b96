package io.waggle.core.surface;

import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalFollow;
import io.waggle.v1.SignalStep;

/**
 * How many interactions of a user a signal looks at, so that half-open matches stay few whatever a
 * user does. Pure; any thread.
 *
 * <p>Every interaction may begin a match. A step without an end has a half-open match for each of
 * its lengths, one that follows by any for each interaction that fits, unless it is the last; an
 * optional one for having it and for missing it. So n interactions have at most about {@code n^(1 +
 * such steps) * 2^(optional steps)} half-open matches, each some hundred bytes: without a bound of
 * their own a hundred interactions of one user were 5 MB and minutes.
 */
public final class SignalBounds {
  /** Looked at where nothing is said. */
  private static final int DEFAULT_MAX_INTERACTIONS = 256;

  /** The contract's bound, for signals whose half-open matches are no more than interactions. */
  private static final int LARGEST = 10_000;

  /** Half-open matches of one user where steps multiply them: under a megabyte. */
  private static final int MAX_HALF_OPEN = 4_096;

  private SignalBounds() {}

  /** Interactions of one user that are looked at in a stretch as long as {@code within}. */
  public static int maxInteractions(SignalConfig signal) {
    return signal.hasMaxInteractions()
        ? signal.getMaxInteractions()
        : Math.min(DEFAULT_MAX_INTERACTIONS, largest(signal));
  }

  /** The most that a signal may look at. */
  static int largest(SignalConfig signal) {
    int powers = 1;
    int optional = 0;
    for (int i = 0; i < signal.getStepsCount(); i++) {
      SignalStep step = signal.getSteps(i);
      boolean isLast = i == signal.getStepsCount() - 1;
      powers += step.getOneOrMore() ? 1 : 0;
      powers += step.getFollow() == SignalFollow.SIGNAL_FOLLOW_BY_ANY && !isLast ? 1 : 0;
      optional += step.getOptional() ? 1 : 0;
    }
    if (powers == 1 && optional == 0) {
      return LARGEST;
    }
    int most = MAX_HALF_OPEN >> optional;
    int largest = 1;
    while (Math.pow(largest + 1, powers) <= most) {
      largest++;
    }
    return largest;
  }
}
