package io.waggle.core.log;

import java.util.Map;

/**
 * What was read of a log: {@code records = decisions + sum(passedOver) + sum(bad)}.
 *
 * @param records lines or rows; empty ones do not count
 * @param decisions those handed out
 * @param passedOver those that are no decision to learn or evaluate and are not meant to be, by
 *     reason, for example {@code not activated}
 * @param bad those that cannot be used, by the rule they break; at most {@link #REASONS} reasons,
 *     further ones count together
 */
public record LogCounts(
    long records, long decisions, Map<String, Long> passedOver, Map<String, Long> bad) {
  /** Most reasons that are told apart. */
  public static final int REASONS = 50;

  public LogCounts {
    passedOver = Map.copyOf(passedOver);
    bad = Map.copyOf(bad);
  }
}
