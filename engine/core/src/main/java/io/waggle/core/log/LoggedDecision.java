package io.waggle.core.log;

import io.waggle.v1.JoinedDecision;

/**
 * A decision out of a log, with what came of it.
 *
 * @param joined complete (not one of several stages): decision, reward, and the slots' rewards
 * @param keptProbability probability with which the logger kept it, in (0, 1]; 1: it kept all. It
 *     stands for {@code 1 / keptProbability} decisions
 */
public record LoggedDecision(JoinedDecision joined, double keptProbability) {
  public LoggedDecision {
    if (!(keptProbability > 0 && keptProbability <= 1)) {
      throw new IllegalArgumentException(
          "keptProbability: " + keptProbability + " (expected: above 0, at most 1)");
    }
  }

  /** One of a log that kept all. */
  public LoggedDecision(JoinedDecision joined) {
    this(joined, 1);
  }
}
