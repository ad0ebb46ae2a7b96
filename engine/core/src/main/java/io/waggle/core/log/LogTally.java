package io.waggle.core.log;

import java.util.Map;
import java.util.TreeMap;

/** Counts what a reader reads; the equation is {@link LogCounts}'. One thread. */
public final class LogTally {
  private static final String OTHER = "other reasons";

  private final Map<String, Long> passedOver = new TreeMap<>();
  private final Map<String, Long> bad = new TreeMap<>();
  private long records;
  private long decisions;

  /** A record that became a decision. */
  public void decision() {
    records++;
    decisions++;
  }

  /** A record that is no decision and is not meant to be. */
  public void passedOver(String reason) {
    records++;
    count(passedOver, reason);
  }

  /** A record that breaks a rule. */
  public void bad(String rule) {
    records++;
    count(bad, rule);
  }

  public LogCounts counts() {
    return new LogCounts(records, decisions, passedOver, bad);
  }

  private static void count(Map<String, Long> counts, String reason) {
    boolean told = counts.containsKey(reason) || counts.size() < LogCounts.REASONS - 1;
    counts.merge(told ? reason : OTHER, 1L, Long::sum);
  }
}
