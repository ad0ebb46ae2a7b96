package io.waggle.app.evaluate;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.offline.LoggingPolicies;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A log whose logging policies are counted while something reads it. One thread. */
final class CountedLog implements DecisionLog {
  private final DecisionLog log;
  private final LoggingPolicies policies;

  CountedLog(DecisionLog log, LoggingPolicies policies) {
    this.log = log;
    this.policies = policies;
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    LoggedDecision next = log.next();
    if (next != null) {
      policies.add(next);
    }
    return next;
  }

  @Override
  public double progress() {
    return log.progress();
  }

  @Override
  public LogCounts counts() {
    return log.counts();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
