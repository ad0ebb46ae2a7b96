package io.waggle.state.session;

import java.io.Serializable;
import java.time.Duration;

/**
 * How sessions are cut and remembered.
 *
 * @param gap a longer pause ends a session; at least 1 ms
 * @param affinityHalfLife half-life of the category affinities; at least 1 ms
 * @param timeToLive a user not seen for this long is forgotten; at least the gap
 */
public record SessionSettings(Duration gap, Duration affinityHalfLife, Duration timeToLive)
    implements Serializable {
  /**
   * A century: sums of an event time and a duration stay far from the end of a long. Before
   * DEFAULT, which is checked.
   */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  /** 30 minutes, 7 days, 90 days. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(Duration.ofMinutes(30), Duration.ofDays(7), Duration.ofDays(90));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}
   */
  public SessionSettings {
    requireInRange("gap", gap);
    requireInRange("affinityHalfLife", affinityHalfLife);
    requireInRange("timeToLive", timeToLive);
    if (timeToLive.compareTo(gap) < 0) {
      throw new IllegalArgumentException(
          "timeToLive: " + timeToLive + " (expected: at least the gap, " + gap + ")");
    }
  }

  private static void requireInRange(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms to 36,525 days)");
    }
  }
}
