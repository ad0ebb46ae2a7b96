package io.waggle.app.dashboard;

import java.time.Duration;
import java.time.Instant;

/**
 * The moments for which a panel has values. Immutable.
 *
 * @param startSeconds of the first, epoch
 * @param stepSeconds from one to the next
 * @param points how many
 */
record TimeGrid(long startSeconds, long stepSeconds, int points) {
  private static final int POINTS = 180;

  /** Prometheus scrapes the chart's targets so often. */
  private static final long SCRAPE_SECONDS = 15;

  /** A stretch of time that ends then, in about 180 steps that are not below five seconds. */
  static TimeGrid of(Instant end, Duration last) {
    long step = Math.max(5, last.toSeconds() / POINTS);
    int points = (int) (last.toSeconds() / step) + 1;
    return new TimeGrid(end.getEpochSecond() - (points - 1) * step, step, points);
  }

  long endSeconds() {
    return startSeconds + (points - 1) * stepSeconds;
  }

  /** Grafana's {@code $__rate_interval}: four scrapes, or what a step leaves out. */
  long rateSeconds() {
    return Math.max(4 * SCRAPE_SECONDS, stepSeconds + SCRAPE_SECONDS);
  }
}
