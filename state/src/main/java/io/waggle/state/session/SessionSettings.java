package io.waggle.state.session;

import java.io.Serializable;
import java.time.Duration;

/**
 * How sessions are cut and remembered.
 *
 * @param gap a longer pause ends a session; positive
 * @param affinityHalfLife half-life of the category affinities; positive
 * @param timeToLive a user not seen for this long is forgotten; positive
 */
public record SessionSettings(Duration gap, Duration affinityHalfLife, Duration timeToLive)
    implements Serializable {
  /** 30 minutes, 7 days, 90 days. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(Duration.ofMinutes(30), Duration.ofDays(7), Duration.ofDays(90));
}
