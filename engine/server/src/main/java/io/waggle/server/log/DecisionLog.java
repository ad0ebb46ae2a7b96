package io.waggle.server.log;

import io.waggle.server.metric.SpoolMetrics;
import io.waggle.v1.Decision;

/**
 * Logs decisions without ever holding up their answers. At the spool's bound the decision is
 * counted as dropped: its answer stands and says so, its reward will find no decision and is not
 * learned.
 */
public final class DecisionLog {
  private final SpooledDecisions decisions;
  private final SpoolMetrics metrics;

  public DecisionLog(SpooledDecisions decisions, SpoolMetrics metrics) {
    this.decisions = decisions;
    this.metrics = metrics;
  }

  /** Logs; returns at once. False: there was no room, and the decision cannot be learned. */
  public boolean log(Decision decision) {
    // Before it is offered: what is counted as under way may be finished before this returns.
    metrics.pendingOne();
    if (decisions.offer(decision)) {
      return true;
    }
    metrics.dropped();
    return false;
  }
}
