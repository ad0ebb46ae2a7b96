package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedSlot;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.net.http.HttpResponse;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A surface with several slots over gRPC and JSON. */
class SlotsTest {
  private final ServiceUnderTest service =
      new ServiceUnderTest(Surface.of(ServiceUnderTest.uniform("page").setMultiSlot(true).build()));
  private final RankingServiceGrpc.RankingServiceBlockingStub ranking =
      RankingServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void everySlotIsAnsweredWithItsActionAndProbabilityAndLoggedSo() throws Exception {
    RankResponse answer = ranking.rank(request(3, "top", "side"));

    assertThat(answer.getSlotsList())
        .extracting(RankedSlot::getSlotId)
        .containsExactly("top", "side");
    assertThat(answer.getSlots(0).getProbability()).isEqualTo(1 / 3.0);
    assertThat(answer.getSlots(1).getProbability()).isEqualTo(0.5);
    assertThat(answer.getSlots(0).getActionId()).isNotEqualTo(answer.getSlots(1).getActionId());
    assertThat(answer.getRankingCount()).isEqualTo(3);
    await(() -> service.metrics.decisionsLogged() == 1);
    Decision logged = Decision.parseFrom(service.decisions.history().get(0).value());
    assertThat(logged.getSlotsList())
        .extracting(slot -> logged.getActions(slot.getAction()).getId())
        .containsExactly(answer.getSlots(0).getActionId(), answer.getSlots(1).getActionId());
    assertThat(logged.getSlotsList())
        .extracting(SlotDecision::getPropensity)
        .containsExactly(1 / 3.0, 0.5);
  }

  @Test
  void slotsAreAnsweredInJson() throws Exception {
    HttpResponse<String> answer =
        service.post(
            "/v1/rank",
            """
            {"surface": "page", "decisionId": "d1", "actions": [{"id": "a"}, {"id": "b"}],
             "slots": [{"id": "top", "features": [{"name": "place", "features":
               [{"name": "size", "value": {"text": "large"}}]}]}, {"id": "side"}]}
            """);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"slotId\":\"top\"", "\"slotId\":\"side\"", "\"probability\":0.5");
  }

  @Test
  void aBrokenRequestForSlotsIsNamed() {
    assertThat(refusal(request(3))).startsWith("slots: none given");
    assertThat(refusal(request(1, "top", "side"))).startsWith("slots: at most as many as actions");
    assertThat(refusal(request(3, "top", "top"))).startsWith("slots[1].id: unique");
    assertThat(refusal(request(3, "top", ""))).startsWith("slots[1].id: ");
  }

  private String refusal(RankRequest request) {
    Status status =
        catchThrowableOfType(StatusRuntimeException.class, () -> ranking.rank(request)).getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    return String.valueOf(status.getDescription());
  }

  @Test
  void aRewardIsLoggedWithItsSlot() throws Exception {
    RewardRequest reward =
        RewardRequest.newBuilder()
            .setSurface("page")
            .setDecisionId("d1")
            .setSlotId("side")
            .setValue(1)
            .build();

    var unused = FeedbackServiceGrpc.newBlockingStub(service.channel()).reward(reward);

    assertThat(Reward.parseFrom(service.feedback.history().get(0).value()).getSlotId())
        .isEqualTo("side");
  }

  @Test
  void aSlotOfASurfaceThatHasNoneIsRefused() {
    try (ServiceUnderTest single = new ServiceUnderTest()) {
      RewardRequest reward =
          RewardRequest.newBuilder()
              .setSurface("front-page")
              .setDecisionId("d1")
              .setSlotId("side")
              .setValue(1)
              .build();

      Status status =
          catchThrowableOfType(
                  StatusRuntimeException.class,
                  () -> FeedbackServiceGrpc.newBlockingStub(single.channel()).reward(reward))
              .getStatus();

      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription()).startsWith("slot_id: must be empty");
      assertThat(single.feedback.history()).isEmpty();
    }
  }

  private static RankRequest request(int actions, String... slots) {
    return RankRequest.newBuilder()
        .setSurface("page")
        .addAllActions(
            IntStream.range(0, actions)
                .mapToObj(i -> Action.newBuilder().setId("a" + i).build())
                .toList())
        .addAllSlots(Stream.of(slots).map(id -> Slot.newBuilder().setId(id).build()).toList())
        .build();
  }
}
