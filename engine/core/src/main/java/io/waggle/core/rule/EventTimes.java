package io.waggle.core.rule;

import org.jspecify.annotations.Nullable;

/** The rule for times that events claim for themselves. Pure; any thread. */
public final class EventTimes {
  private EventTimes() {}

  /**
   * Refuses a time too far ahead of the receiver's clock: one event of next year would move event
   * time there, and everything sent since would be late.
   *
   * @param field path of the time in its message
   * @param eventMillis as claimed, milliseconds since 1970 UTC; 0 and below are for other rules
   * @param nowMillis the receiver's clock, milliseconds since 1970 UTC
   * @param mostAheadMillis how far clocks may differ, milliseconds, at least 0
   * @return the broken rule; null: the time is good
   */
  public static @Nullable Violation check(
      String field, long eventMillis, long nowMillis, long mostAheadMillis) {
    // Not eventMillis - nowMillis: that overflows for the hostile values this is here for.
    if (eventMillis <= nowMillis || eventMillis - mostAheadMillis <= nowMillis) {
      return null;
    }
    return new Violation(
        field,
        "at most "
            + mostAheadMillis
            + " ms after the receiver's clock "
            + nowMillis
            + ", not "
            + eventMillis);
  }
}
