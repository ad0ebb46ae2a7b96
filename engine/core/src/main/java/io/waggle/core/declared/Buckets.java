package io.waggle.core.declared;

import java.time.Duration;

/** Counts and times as the text of a bucket. Pure; any thread. */
final class Buckets {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = Duration.ofDays(1).toMillis();

  private static final long[] BOUNDS = {
    10 * SECOND, MINUTE, 5 * MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY
  };
  private static final String[] NAMES = {"10s", "1m", "5m", "1h", "1d", "7d", "30d", "longer"};

  private Buckets() {}

  /** The first of {@code 10s}, {@code 1m}, ... that the time is below. */
  static String time(long millis) {
    int bucket = 0;
    while (bucket < BOUNDS.length && millis >= BOUNDS[bucket]) {
      bucket++;
    }
    return NAMES[bucket];
  }

  /** {@code 0}, {@code 1}, {@code 2-3}, {@code 4-7}, {@code 8-15}, {@code 16+}. */
  static String count(long count) {
    if (count <= 1) {
      return Long.toString(Math.max(0, count));
    }
    return count <= 3 ? "2-3" : count <= 7 ? "4-7" : count <= 15 ? "8-15" : "16+";
  }
}
