package io.waggle.jobs.learn;

/**
 * Says when a model version or an evaluation may be published. Each policy publishes at most every
 * {@code leastIntervalMillis}. Taking a learner's bytes stops the learner, so after {@code c} of it
 * nobody takes any for {@code c (1 - s) / s}: over any stretch that begins and ends with a taking
 * the takings are at most the share {@code s} of the wall clock, whatever they cost and however
 * many policies share the thread. A clock that was set back counts as due. One thread.
 */
final class PublishPacer {
  private final long leastIntervalMillis;
  private final double largestShare;
  private long takenAtMillis = Long.MIN_VALUE;
  private long freeAtMillis = Long.MIN_VALUE;

  /**
   * @param leastIntervalMillis at least 1
   * @param largestShare of the wall clock, in (0, 1]
   */
  PublishPacer(long leastIntervalMillis, double largestShare) {
    if (leastIntervalMillis < 1 || !(largestShare > 0 && largestShare <= 1)) {
      throw new IllegalArgumentException(
          "pace: %d ms, share %s (expected: at least 1 ms, a share in (0, 1])"
              .formatted(leastIntervalMillis, largestShare));
    }
    this.leastIntervalMillis = leastIntervalMillis;
    this.largestShare = largestShare;
  }

  /** True: enough time has passed since that publication; 0: there was none. */
  boolean mayPublish(long nowMillis, long publishedAtMillis) {
    return nowMillis >= nextPublishMillis(publishedAtMillis) || nowMillis < publishedAtMillis;
  }

  /** True: taking bytes now keeps the share. */
  boolean mayTake(long nowMillis) {
    return nowMillis >= freeAtMillis || nowMillis < takenAtMillis;
  }

  /** Bytes were taken for publishing and have cost that much; now is after that. */
  void taken(long nowMillis, long costNanos) {
    takenAtMillis = nowMillis;
    freeAtMillis =
        nowMillis + (long) Math.ceil(costNanos / 1e6 * (1 - largestShare) / largestShare);
  }

  /** When the next publication is allowed after the one at that time; 0: there was none. */
  long nextPublishMillis(long publishedAtMillis) {
    return publishedAtMillis == 0 ? 0 : publishedAtMillis + leastIntervalMillis;
  }

  /** When bytes may be taken again. */
  long nextTakeMillis() {
    return freeAtMillis;
  }
}
