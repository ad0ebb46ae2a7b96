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
 * such steps) * 2^(optional steps)} half-open matches, and each interaction looks at all of them.
 * Without a bound for that, 240 interactions of one user, half of them fitting one step without an
 * end, were a state of 5.3 MB. What a long {@code times} keeps is not in the product.
 */
public final class SignalBounds {
  /** Looked at where nothing is said. */
  private static final int DEFAULT_MAX_INTERACTIONS = 256;

  /** The contract's bound, for signals whose half-open matches are no more than interactions. */
  private static final int LARGEST = 10_000;

  /** Interactions times half-open matches, where steps multiply those. */
  private static final int MOST_LOOKED_AT = 1 << 18;

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
    int most = MOST_LOOKED_AT >> optional;
    int largest = 1;
    while (Math.pow(largest + 1, 1 + powers) <= most) {
      largest++;
    }
    return largest;
  }
}
