package io.waggle.server.rank;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker.Ranked;
import io.waggle.core.surface.Surface;
import io.waggle.server.metric.RankOutcome;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.v1.Decision;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.Session;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rank and WatchRankings.
 *
 * <p>Rank runs on the connection's event loop: all it does is look up a session in local memory or
 * disk cache, predict (20 to 100 us) and put the decision in a buffer, and a hand-over to another
 * thread costs as much again. Requests of many actions take milliseconds and would hold up the
 * loop's other connections, so those go to the blocking executor.
 */
public final class RankService extends RankingServiceGrpc.RankingServiceImplBase {
  // Where predicting begins to take longer than a hand-over by an order of magnitude.
  private static final int LARGE_REQUEST_ACTIONS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(RankService.class);

  private final RequestChecks checks;
  private final SessionLookup sessions;
  private final Ranking ranking;
  private final Predicate<Decision> decisions;
  private final RankingWatchers watchers;
  private final ServerMetrics metrics;
  private final InstantSource clock;
  private final Supplier<String> ids;
  private final Executor largeRequests;
  private final RankExplanation explanation;

  /**
   * Serves.
   *
   * @param decisions takes each decision made; must not block. False: it cannot be learned
   * @param ids makes decision ids
   * @param largeRequests runs requests that take long
   * @param explanation asked for rankings that are to be explained
   */
  public RankService(
      RequestChecks checks,
      SessionLookup sessions,
      Ranking ranking,
      Predicate<Decision> decisions,
      RankingWatchers watchers,
      ServerMetrics metrics,
      InstantSource clock,
      Supplier<String> ids,
      Executor largeRequests,
      RankExplanation explanation) {
    this.checks = checks;
    this.sessions = sessions;
    this.ranking = ranking;
    this.decisions = decisions;
    this.watchers = watchers;
    this.metrics = metrics;
    this.clock = clock;
    this.ids = ids;
    this.largeRequests = largeRequests;
    this.explanation = explanation;
  }

  @Override
  public void rank(RankRequest request, StreamObserver<RankResponse> answer) {
    // Each slot predicts all actions that are left.
    if (request.getExplain()
        || request.hasItems()
        || request.getActionsCount() * Math.max(1, request.getSlotsCount())
            > LARGE_REQUEST_ACTIONS) {
      largeRequests.execute(() -> answer(request, answer));
    } else {
      answer(request, answer);
    }
  }

  private void answer(RankRequest request, StreamObserver<RankResponse> answer) {
    long started = System.nanoTime();
    RankOutcome outcome = RankOutcome.ERROR;
    try {
      Ranked ranked = rank(request);
      boolean learnable = decisions.test(ranked.decision());
      if (request.hasItems()) {
        metrics.retrieved(
            request.getSurface(),
            ranked.response().getItemsSelected(),
            ranked.decision().getActionsCount());
      }
      if (ranked.decision().getConstraintsCount() > 0) {
        metrics.constrained(request.getSurface(), ranked.decision().getConstraintsList());
      }
      outcome = RankOutcome.OK;
      RankResponse response = request.getExplain() ? explained(request, ranked) : ranked.response();
      answer.onNext(learnable ? response : response.toBuilder().setNotLearnable(true).build());
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      outcome = outcome(e.getStatus());
      answer.onError(e);
    } catch (RuntimeException e) {
      LOG.error("Rank failed for surface {}", request.getSurface(), e);
      answer.onError(Refusal.internal());
    } finally {
      metrics.ranked(outcome, Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private RankResponse explained(RankRequest request, Ranked ranked) {
    return ranked.response().toBuilder()
        .setExplanation(explanation.of(ranked.decision(), request.getExplainLimit()))
        .build();
  }

  private Ranked rank(RankRequest request) {
    checks.valid(request);
    Surface surface = checks.surface("surface", request.getSurface());
    String decisionId = request.getDecisionId().isEmpty() ? ids.get() : request.getDecisionId();
    RankInput input =
        new RankInput(
            decisionId,
            request.getUserId(),
            clock.millis(),
            request.getContextList(),
            session(request.getUserId()),
            request.getActionsList(),
            request.getDeferred(),
            request.getSlotsList(),
            request.hasItems() ? request.getItems() : null);
    try {
      return ranking.rank(surface, input);
    } catch (IllegalArgumentException e) {
      throw invalid(e);
    }
  }

  private @Nullable Session session(String userId) {
    return userId.isEmpty() ? null : sessions.find(userId);
  }

  /** The core says {@code field: rule}. */
  private static StatusRuntimeException invalid(IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    int colon = message.indexOf(": ");
    return colon > 0
        ? Refusal.invalid(message.substring(0, colon), message.substring(colon + 2))
        : Refusal.invalid("actions", message);
  }

  private static RankOutcome outcome(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT -> RankOutcome.INVALID;
      case NOT_FOUND -> RankOutcome.UNKNOWN_SURFACE;
      default -> RankOutcome.ERROR;
    };
  }

  @Override
  public void watchRankings(
      WatchRankingsRequest request, StreamObserver<WatchRankingsResponse> answer) {
    try {
      checks.valid(request);
      checks.surface("surface", request.getSurface());
      watchers.add(request, answer);
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    }
  }
}
