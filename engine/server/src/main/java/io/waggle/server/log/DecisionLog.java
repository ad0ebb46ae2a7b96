package io.waggle.server.log;

import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Decision;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Logs decisions without ever holding up their answers. At the buffer's bound the decision is
 * counted as dropped: its answer stands, its reward will find no decision and is not learned.
 */
public final class DecisionLog {
  private final TopicWriter writer;
  private final ServerMetrics metrics;

  public DecisionLog(TopicWriter writer, ServerMetrics metrics) {
    this.writer = writer;
    this.metrics = metrics;
  }

  /** Logs; returns at once. */
  public void log(Decision decision) {
    CompletableFuture<Void> written =
        writer.offer(
            List.of(
                new Outgoing(
                    Topics.DECISIONS,
                    decision.getDecisionId(),
                    decision.getEventTimeMillis(),
                    decision)));
    if (written == null) {
      metrics.decisionDropped();
      return;
    }
    metrics.decisionPending();
    var unused =
        written.whenComplete((nothing, failure) -> metrics.decisionFinished(failure == null));
  }
}
