package io.waggle.state.model;

/**
 * What a version number says: {@code epoch * 10^13 + milliseconds since 1970}, so read as a decimal
 * its leading digits are the epoch of the job that published it and the last thirteen the time it
 * was taken. Every version of a later epoch is larger than every one of an earlier epoch: whoever
 * takes versions in growing order only never goes back in epoch. Jobs without an epoch have epoch
 * 0, whose versions are times alone. The same holds of the attempts that number examples. Pure.
 */
public final class ModelVersions {
  /** Largest epoch of a job. */
  public static final long LARGEST_EPOCH = 100_000;

  /** Thirteen digits hold milliseconds until the year 2286. */
  private static final long PER_EPOCH = 10_000_000_000_000L;

  private ModelVersions() {}

  /** The smallest number of an epoch. */
  public static long first(long epoch) {
    return epoch * PER_EPOCH;
  }

  /** The number of a time in an epoch. */
  public static long at(long epoch, long millis) {
    return first(epoch) + millis;
  }

  /** The next number: its time, and larger than the one before. */
  public static long next(long epoch, long previous, long nowMillis) {
    return Math.max(at(epoch, nowMillis), previous + 1);
  }

  /** The epoch of a version. */
  public static long epoch(long version) {
    return version / PER_EPOCH;
  }

  /** When a version was taken, milliseconds since 1970 UTC. */
  public static long millis(long version) {
    return version % PER_EPOCH;
  }

  /**
   * The epoch.
   *
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}
   */
  public static long checkedEpoch(String name, long epoch) {
    if (epoch < 0 || epoch > LARGEST_EPOCH) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 0 to %d)".formatted(name, epoch, LARGEST_EPOCH));
    }
    return epoch;
  }
}
