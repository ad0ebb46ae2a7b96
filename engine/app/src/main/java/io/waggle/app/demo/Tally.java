package io.waggle.app.demo;

import io.waggle.v1.ConfidenceInterval;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Everything the crowd counts. The crowd's thread writes; who shows or judges it takes the lock by
 * calling its methods, so all are synchronized.
 */
final class Tally {
  private static final long LATENCY_MAX_MICROS = 60_000_000;

  private final Map<String, ArmTally> arms = new LinkedHashMap<>();
  private final Histogram rankMicros = new Histogram(LATENCY_MAX_MICROS, 3);
  private final Map<String, Long> errors = new TreeMap<>();
  private long ranked;
  private long tracked;
  private long rewarded;
  private long skipped;

  Tally(int seconds, double alpha) {
    for (String arm : new String[] {FrontPage.AWARE, FrontPage.BLIND, FrontPage.UNIFORM}) {
      arms.put(arm, new ArmTally(seconds, alpha));
    }
  }

  /**
   * A ranking was answered and its reader has decided.
   *
   * @param latencyMicros from the time it was due to the answer; negative: warm-up, not recorded
   * @throws IllegalStateException when a policy answered that answers nobody
   */
  synchronized void decided(
      String policy,
      int second,
      boolean clicked,
      double uniformRate,
      double bestRate,
      long latencyMicros) {
    ArmTally arm = arms.get(policy);
    if (arm == null) {
      throw new IllegalStateException("policy " + policy + " answered (expected: " + arms.keySet());
    }
    arm.add(second, clicked, uniformRate, bestRate);
    ranked++;
    if (latencyMicros >= 0) {
      rankMicros.recordValue(Math.min(LATENCY_MAX_MICROS, latencyMicros));
    }
  }

  /** An interaction was stored. */
  synchronized void tracked() {
    tracked++;
  }

  /** A reward was stored. */
  synchronized void rewarded() {
    rewarded++;
  }

  /** A page view was due but every reader was in the middle of one. */
  synchronized void skipped() {
    skipped++;
  }

  /** A call failed. */
  synchronized void failed(String call, String reason) {
    errors.merge(call + " " + reason, 1L, Long::sum);
  }

  synchronized ArmTally.Span span(String arm, int fromSecond, int toSecond) {
    return arm(arm).span(fromSecond, toSecond);
  }

  synchronized ArmTally.Span all(String arm) {
    return arm(arm).all();
  }

  synchronized ConfidenceInterval interval(String arm) {
    return arm(arm).interval();
  }

  /** Calls that failed, by call and reason. */
  synchronized Map<String, Long> errors() {
    return Map.copyOf(errors);
  }

  synchronized Totals totals() {
    return new Totals(ranked, tracked, rewarded, skipped);
  }

  /** Percentile of the rank latency, milliseconds. */
  synchronized double rankMillis(double percentile) {
    return rankMicros.getValueAtPercentile(percentile) / 1e3;
  }

  private ArmTally arm(String name) {
    ArmTally arm = arms.get(name);
    if (arm == null) {
      throw new IllegalArgumentException("no arm " + name);
    }
    return arm;
  }

  /** Calls answered: rankings, interactions, rewards; and page views nobody was free for. */
  record Totals(long ranked, long tracked, long rewarded, long skipped) {}
}
