package io.waggle.server.feedback;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.waggle.core.surface.Surface;
import io.waggle.server.log.Outgoing;
import io.waggle.server.log.TopicWriter;
import io.waggle.server.metric.FeedbackOutcome;
import io.waggle.server.metric.RareWarnings;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.state.join.RewardSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.ActivateRequest;
import io.waggle.v1.ActivateResponse;
import io.waggle.v1.Activation;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.Interaction;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.RewardResponse;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.TrackResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Track, Reward and Activate: validate, fill in ids and times, write, and answer once Kafka has it.
 * Runs on the connection's event loop, which only fills a buffer; the answer comes from Kafka's
 * thread.
 *
 * <p>UNAVAILABLE means that it is not known to be stored: sending it again with the same ids is
 * safe, as repeats count once.
 */
public final class FeedbackService extends FeedbackServiceGrpc.FeedbackServiceImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(FeedbackService.class);

  private final RequestChecks checks;
  private final TopicWriter writer;
  private final ServerMetrics metrics;
  private final Supplier<String> ids;
  private final Duration timeout;
  private final RareWarnings warnings = new RareWarnings(LOG);

  /**
   * Serves.
   *
   * @param ids makes interaction and reward ids
   * @param timeout how long to wait for Kafka
   */
  public FeedbackService(
      RequestChecks checks,
      TopicWriter writer,
      ServerMetrics metrics,
      Supplier<String> ids,
      Duration timeout) {
    this.checks = checks;
    this.writer = writer;
    this.metrics = metrics;
    this.ids = ids;
    this.timeout = timeout;
  }

  /** What a valid request becomes: the records to write and the answer once they are written. */
  private record Accepted<T>(List<Outgoing> records, T answer) {}

  @Override
  public void track(TrackRequest request, StreamObserver<TrackResponse> answer) {
    store(
        "interaction",
        request.getInteractionsCount(),
        () -> {
          checks.valid(request);
          List<Outgoing> records = new ArrayList<>(request.getInteractionsCount());
          for (int i = 0; i < request.getInteractionsCount(); i++) {
            records.add(interaction("interactions[" + i + "]", request.getInteractions(i)));
          }
          return new Accepted<>(
              records, TrackResponse.newBuilder().setAccepted(records.size()).build());
        },
        answer);
  }

  private Outgoing interaction(String field, Interaction interaction) {
    checks.surface(field + ".surface", interaction.getSurface());
    long time =
        checks.eventTimeMillis(field + ".event_time_millis", interaction.getEventTimeMillis());
    Interaction filled =
        interaction.toBuilder()
            .setInteractionId(filled(interaction.getInteractionId()))
            .setEventTimeMillis(time)
            .build();
    return new Outgoing(Topics.INTERACTIONS, filled.getUserId(), time, filled);
  }

  @Override
  public void reward(RewardRequest request, StreamObserver<RewardResponse> answer) {
    store(
        "reward",
        1,
        () -> {
          checks.valid(request);
          Surface surface = checks.surface("surface", request.getSurface());
          checkRange(surface, request.getValue());
          checkSlot(surface, request.getSlotId());
          long time = checks.eventTimeMillis("event_time_millis", request.getEventTimeMillis());
          Reward reward =
              Reward.newBuilder()
                  .setRewardId(filled(request.getRewardId()))
                  .setDecisionId(request.getDecisionId())
                  .setSurface(request.getSurface())
                  .setEventTimeMillis(time)
                  .setValue(request.getValue())
                  .setSlotId(request.getSlotId())
                  .build();
          return new Accepted<>(
              List.of(record(reward)),
              RewardResponse.newBuilder().setRewardId(reward.getRewardId()).build());
        },
        answer);
  }

  @Override
  public void activate(ActivateRequest request, StreamObserver<ActivateResponse> answer) {
    store(
        "activation",
        1,
        () -> {
          checks.valid(request);
          checks.surface("surface", request.getSurface());
          long time = checks.eventTimeMillis("event_time_millis", request.getEventTimeMillis());
          Reward activation =
              Reward.newBuilder()
                  .setRewardId(ids.get())
                  .setDecisionId(request.getDecisionId())
                  .setSurface(request.getSurface())
                  .setEventTimeMillis(time)
                  .setActivation(Activation.getDefaultInstance())
                  .build();
          return new Accepted<>(List.of(record(activation)), ActivateResponse.getDefaultInstance());
        },
        answer);
  }

  private static void checkRange(Surface surface, double value) {
    RewardSettings range = surface.reward();
    if (!(value >= range.min() && value <= range.max())) {
      throw Refusal.invalid(
          "value",
          "must be within the surface's reward range, " + range.min() + " to " + range.max());
    }
  }

  private static void checkSlot(Surface surface, String slotId) {
    if (!slotId.isEmpty() && !surface.multiSlot()) {
      throw Refusal.invalid("slot_id", "must be empty: the surface makes one ranking");
    }
  }

  private static Outgoing record(Reward reward) {
    return new Outgoing(
        Topics.REWARDS, reward.getDecisionId(), reward.getEventTimeMillis(), reward);
  }

  private String filled(String id) {
    return id.isEmpty() ? ids.get() : id;
  }

  private <T> void store(
      String kind, int records, Supplier<Accepted<T>> accept, StreamObserver<T> answer) {
    try {
      Accepted<T> accepted = accept.get();
      CompletableFuture<Void> written = writer.offer(accepted.records());
      if (written == null) {
        throw Refusal.unavailable("the buffer for feedback is full; try again");
      }
      var unused =
          written
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .whenComplete((nothing, failure) -> finish(kind, accepted, failure, answer));
    } catch (StatusRuntimeException e) {
      refuse(kind, records, e, answer);
    } catch (RuntimeException e) {
      LOG.error("Storing {} failed", kind, e);
      refuse(kind, records, Refusal.internal(), answer);
    }
  }

  private <T> void finish(
      String kind, Accepted<T> accepted, @Nullable Throwable failure, StreamObserver<T> answer) {
    int records = accepted.records().size();
    if (failure == null) {
      metrics.feedback(kind, FeedbackOutcome.ACCEPTED, records);
      answer.onNext(accepted.answer());
      answer.onCompleted();
    } else {
      refuse(kind, records, reason(failure), answer);
    }
  }

  private StatusRuntimeException reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof RecordTooLargeException) {
      return Refusal.invalid("properties", "too large for one record of the log");
    }
    if (cause instanceof TimeoutException) {
      return Refusal.unavailable(
          "the log did not acknowledge within " + timeout.toMillis() + " ms; try again");
    }
    warnings.warn("The log refused feedback", String.valueOf(cause));
    LOG.debug("The log refused feedback", cause);
    return Refusal.unavailable("the log is not available; try again");
  }

  private void refuse(
      String kind, int records, StatusRuntimeException reason, StreamObserver<?> answer) {
    FeedbackOutcome outcome =
        switch (reason.getStatus().getCode()) {
          case INVALID_ARGUMENT, NOT_FOUND -> FeedbackOutcome.REFUSED;
          default -> FeedbackOutcome.UNAVAILABLE;
        };
    metrics.feedback(kind, outcome, records);
    answer.onError(reason);
  }
}
