package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.state.topic.Topics;
import io.waggle.v1.ActivateRequest;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.FeedbackServiceGrpc.FeedbackServiceBlockingStub;
import io.waggle.v1.Interaction;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.TrackRequest;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedbackTest {
  private final ServiceUnderTest service =
      new ServiceUnderTest(ServiceUnderTest.limits(Duration.ofMillis(300), 4 << 20, 2));
  private final FeedbackServiceBlockingStub client =
      FeedbackServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void trackedInteractionsAreInTheLogUnderTheirUserWhenTheAnswerComes()
      throws InvalidProtocolBufferException {
    var answer =
        client.track(
            TrackRequest.newBuilder()
                .addInteractions(interaction("ann").setInteractionId("mine"))
                .addInteractions(interaction("ben").setEventTimeMillis(NOW - 5_000))
                .build());

    assertThat(answer.getAccepted()).isEqualTo(2);
    var first = service.feedback.history().get(0);
    var second = service.feedback.history().get(1);
    assertThat(first.topic()).isEqualTo(Topics.INTERACTIONS);
    assertThat(new String(first.key(), UTF_8)).isEqualTo("ann");
    assertThat(first.timestamp()).isEqualTo(NOW);
    assertThat(Interaction.parseFrom(first.value()).getInteractionId()).isEqualTo("mine");
    assertThat(Interaction.parseFrom(first.value()).getEventTimeMillis()).isEqualTo(NOW);
    assertThat(second.timestamp()).isEqualTo(NOW - 5_000);
    assertThat(Interaction.parseFrom(second.value()).getInteractionId()).isEqualTo("id-1");
  }

  @Test
  void oneInvalidInteractionRefusesTheWholeBatchAndIsNamed() {
    Status status =
        refusal(
            () ->
                client.track(
                    TrackRequest.newBuilder()
                        .addInteractions(interaction("ann"))
                        .addInteractions(interaction(""))
                        .build()));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("interactions[1].user_id: ");
    assertThat(service.feedback.history()).isEmpty();
  }

  @Test
  void anInteractionOfAnUnknownSurfaceRefusesTheBatch() {
    Status status =
        refusal(
            () ->
                client.track(
                    TrackRequest.newBuilder()
                        .addInteractions(interaction("ann").setSurface("nowhere"))
                        .build()));

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).startsWith("interactions[0].surface: ");
    assertThat(service.feedback.history()).isEmpty();
  }

  @Test
  void aRewardIsInTheLogUnderItsDecision() throws InvalidProtocolBufferException {
    var answer = client.reward(reward(1.5).build());

    var record = service.feedback.history().get(0);
    Reward stored = Reward.parseFrom(record.value());
    assertThat(record.topic()).isEqualTo(Topics.REWARDS);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("d-1");
    assertThat(stored.getRewardId()).isEqualTo(answer.getRewardId()).isEqualTo("id-1");
    assertThat(stored.getValue()).isEqualTo(1.5);
    assertThat(stored.getEventTimeMillis()).isEqualTo(NOW);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 0, 2})
  void rewardsAtTheEndsOfTheRangeAreAccepted(double value) {
    assertThat(client.reward(reward(value).build()).getRewardId()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1.001, 2.001, Double.NaN, Double.POSITIVE_INFINITY})
  void rewardsOutOfTheSurfacesRangeAreRefused(double value) {
    Status status = refusal(() -> client.reward(reward(value).build()));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("value: ");
    assertThat(service.feedback.history()).isEmpty();
  }

  @Test
  void anActivationIsLoggedAsOne() throws InvalidProtocolBufferException {
    client.activate(
        ActivateRequest.newBuilder().setDecisionId("d-1").setSurface("front-page").build());

    Reward stored = Reward.parseFrom(service.feedback.history().get(0).value());
    assertThat(stored.hasActivation()).isTrue();
    assertThat(stored.getDecisionId()).isEqualTo("d-1");
    assertThat(stored.getRewardId()).isNotEmpty();
  }

  @Test
  void timesTooFarAheadOrTooOldAreRefusedAndThoseAtTheBoundAreNot() {
    long ahead = NOW + Duration.ofMinutes(5).toMillis();
    long old = NOW - Duration.ofDays(7).toMillis();

    client.reward(reward(1).setEventTimeMillis(ahead).build());
    client.reward(reward(1).setEventTimeMillis(old).build());
    Status tooFar = refusal(() -> client.reward(reward(1).setEventTimeMillis(ahead + 1).build()));
    Status tooOld = refusal(() -> client.reward(reward(1).setEventTimeMillis(old - 1).build()));

    assertThat(tooFar.getDescription())
        .startsWith("event_time_millis: must be at most 300 s ahead");
    assertThat(tooOld.getDescription())
        .startsWith("event_time_millis: must be at most 604800 s old");
    assertThat(service.feedback.history()).hasSize(2);
  }

  @Test
  void eventOfAClientWhoseClockIsFastHappenedNow() throws InvalidProtocolBufferException {
    client.reward(reward(1).setEventTimeMillis(NOW + 60_000).build());
    client.reward(reward(1).setEventTimeMillis(NOW - 60_000).build());

    assertThat(Reward.parseFrom(service.feedback.history().get(0).value()).getEventTimeMillis())
        .isEqualTo(NOW);
    assertThat(service.feedback.history().get(0).timestamp()).isEqualTo(NOW);
    assertThat(Reward.parseFrom(service.feedback.history().get(1).value()).getEventTimeMillis())
        .isEqualTo(NOW - 60_000);
  }

  @Test
  void feedbackThatTheLogRefusesIsUnavailableAndMayBeTriedAgain() {
    service.feedback.sendException = new NotEnoughReplicasException("broker pause");

    Status status = refusal(() -> client.reward(reward(1).build()));
    service.feedback.sendException = null;

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(client.reward(reward(1).build()).getRewardId()).isNotEmpty();
  }

  @Test
  void whileTheLogIsAwayFeedbackIsRefusedWithinItsDeadlineAndNotSentLater() {
    service.feedback.partitionsForException = new TimeoutException("no broker");

    Status status = refusal(() -> client.reward(reward(1).setRewardId("lost").build()));
    service.feedback.partitionsForException = null;
    client.reward(reward(1).setRewardId("kept").build());

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).contains("300 ms");
    assertThat(service.feedback.history())
        .extracting(record -> Reward.parseFrom(record.value()).getRewardId())
        .containsExactly("kept");
  }

  @Test
  void aRecordTooLargeForTheLogIsTheCallersToMend() {
    service.feedback.sendException = new RecordTooLargeException("9 MB");

    assertThat(refusal(() -> client.reward(reward(1).build())).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private static Status refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
  }

  private static RewardRequest.Builder reward(double value) {
    return RewardRequest.newBuilder().setDecisionId("d-1").setSurface("front-page").setValue(value);
  }

  private static Interaction.Builder interaction(String user) {
    return Interaction.newBuilder().setSurface("front-page").setUserId(user).setType("view");
  }

  @Test
  void everyRecordIsCountedByItsOutcome() throws Exception {
    client.track(
        TrackRequest.newBuilder()
            .addAllInteractions(List.of(interaction("ann").build(), interaction("ben").build()))
            .build());
    refusal(() -> client.reward(reward(9).build()));

    assertThat(service.get("/metrics").body())
        .contains("waggle_feedback_total{kind=\"interaction\",outcome=\"accepted\"} 2.0")
        .contains("waggle_feedback_total{kind=\"reward\",outcome=\"refused\"} 1.0");
  }
}
