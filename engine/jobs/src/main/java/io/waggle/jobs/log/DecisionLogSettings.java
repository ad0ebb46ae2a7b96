package io.waggle.jobs.log;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * Where the decision log goes, and when its files are written.
 *
 * @param directory on any file system that Flink knows, for example {@code s3://log/decisions}
 * @param rollEvery a row is in a file after this long and a checkpoint, 1 s to 24 h
 * @param rollBytes or earlier, when so many bytes of its partition wait (as messages; a file is a
 *     fraction of it), 64 KiB to 1 GiB
 */
public record DecisionLogSettings(URI directory, Duration rollEvery, long rollBytes)
    implements Serializable {
  public static final Duration ROLL_EVERY = Duration.ofMinutes(5);
  public static final long ROLL_BYTES = 64L << 20;

  private static final Duration LEAST_TIME = Duration.ofSeconds(1);
  private static final Duration MOST_TIME = Duration.ofHours(24);
  private static final long LEAST_BYTES = 64L << 10;
  private static final long MOST_BYTES = 1L << 30;

  public DecisionLogSettings {
    if (directory.getScheme() == null) {
      throw new IllegalArgumentException(
          "decisionLog.directory: %s (expected: a URI with a scheme, as file:///var/lib/waggle)"
              .formatted(directory));
    }
    if (rollEvery.compareTo(LEAST_TIME) < 0 || rollEvery.compareTo(MOST_TIME) > 0) {
      throw new IllegalArgumentException(
          "decisionLog.rollEvery: %s (expected: %s to %s)"
              .formatted(rollEvery, LEAST_TIME, MOST_TIME));
    }
    if (rollBytes < LEAST_BYTES || rollBytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "decisionLog.rollBytes: %d (expected: %d to %d)"
              .formatted(rollBytes, LEAST_BYTES, MOST_BYTES));
    }
  }

  /** The defaults. */
  public static DecisionLogSettings in(URI directory) {
    return new DecisionLogSettings(directory, ROLL_EVERY, ROLL_BYTES);
  }

  /** The same with another time. */
  public DecisionLogSettings every(Duration time) {
    return new DecisionLogSettings(directory, time, rollBytes);
  }
}
