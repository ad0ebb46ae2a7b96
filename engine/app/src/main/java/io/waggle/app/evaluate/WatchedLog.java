package io.waggle.app.evaluate;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A log whose progress is shown while something reads it. One thread. */
final class WatchedLog implements DecisionLog {
  private static final int SHOW_EVERY = 500;

  private final DecisionLog log;
  private final EvaluationProgress progress;
  private long decisions;

  WatchedLog(DecisionLog log, EvaluationProgress progress) {
    this.log = log;
    this.progress = progress;
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    if (decisions++ % SHOW_EVERY == 0) {
      progress.show(progress(), counts(), 0);
    }
    return log.next();
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
