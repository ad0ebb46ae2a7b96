package io.waggle.server.explain;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.server.wire.UnaryCalls;
import io.waggle.v1.Decision;
import io.waggle.v1.ExplainDecisionRequest;
import io.waggle.v1.ExplainDecisionResponse;
import io.waggle.v1.ExplanationServiceGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * Explains decisions of before: those kept in memory, else those in the log, in which at most
 * {@link #SEARCHES_BOUND} are looked for at a time.
 */
public final class ExplanationAdmin extends ExplanationServiceGrpc.ExplanationServiceImplBase {
  static final int SEARCHES_BOUND = 2;
  private static final long DEFAULT_WINDOW_MILLIS = Duration.ofHours(1).toMillis();

  private final UnaryCalls calls;
  private final RequestChecks checks;
  private final Explanations explanations;
  private final RecentDecisions recent;
  private final DecisionSearch log;
  private final InstantSource clock;
  private final Semaphore searches = new Semaphore(SEARCHES_BOUND);

  public ExplanationAdmin(
      UnaryCalls calls,
      RequestChecks checks,
      Explanations explanations,
      RecentDecisions recent,
      DecisionSearch log,
      InstantSource clock) {
    this.calls = calls;
    this.checks = checks;
    this.explanations = explanations;
    this.recent = recent;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void explainDecision(
      ExplainDecisionRequest request, StreamObserver<ExplainDecisionResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Decision kept = recent.find(request.getDecisionId());
          return kept == null
              ? logged(request)
              : explanations.past(kept, "this service's memory", request.getLimit());
        });
  }

  private ExplainDecisionResponse logged(ExplainDecisionRequest request) {
    long now = clock.millis();
    long to = request.getToMillis() == 0 ? now : Math.min(request.getToMillis(), now);
    long from =
        request.getFromMillis() == 0
            ? Math.max(0, to - DEFAULT_WINDOW_MILLIS)
            : request.getFromMillis();
    if (from > to) {
      throw Refusal.invalid("from_millis", "must be at most to_millis (" + to + "); is " + from);
    }
    DecisionSearch.Found found = search(request.getDecisionId(), from, to);
    if (found.decision() == null) {
      throw Refusal.notFound(
          "decision_id: neither among the %d decisions kept by this service nor in %s"
              .formatted(recent.count(), found.looked()));
    }
    return explanations.past(found.decision(), found.looked(), request.getLimit());
  }

  /**
   * Looks in the log.
   *
   * @throws StatusRuntimeException RESOURCE_EXHAUSTED at the bound
   */
  private DecisionSearch.Found search(String decisionId, long from, long to) {
    if (!searches.tryAcquire()) {
      throw Refusal.exhausted(
          "searches: %d are reading the log, which is the bound".formatted(SEARCHES_BOUND));
    }
    try {
      return log.find(decisionId, from, to);
    } finally {
      searches.release();
    }
  }
}
