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
    count(passedOver, reason, 1);
  }

  /** A record that breaks a rule. */
  public void bad(String rule) {
    bad(rule, 1);
  }

  /** So many records that cannot be read for the same reason. */
  public void bad(String rule, long broken) {
    records += broken;
    count(bad, rule, broken);
  }

  public LogCounts counts() {
    return new LogCounts(records, decisions, passedOver, bad);
  }

  private static void count(Map<String, Long> counts, String reason, long more) {
    boolean told = counts.containsKey(reason) || counts.size() < LogCounts.REASONS - 1;
    counts.merge(told ? reason : OTHER, more, Long::sum);
  }
}
