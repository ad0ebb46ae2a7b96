package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.DeleteItemsRequest;
import io.waggle.v1.GetItemRequest;
import io.waggle.v1.Item;
import io.waggle.v1.ItemServiceGrpc;
import io.waggle.v1.ItemServiceGrpc.ItemServiceBlockingStub;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankingServiceGrpc;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ItemAdminTest {
  private final ServiceUnderTest service =
      new ServiceUnderTest(ServiceUnderTest.limits(Duration.ofMillis(300), 4 << 20, 2));
  private final ItemServiceBlockingStub client = ItemServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void putItemsAreInTheLogUnderTheirKeysWhenTheAnswerComes() throws Exception {
    HttpResponse<String> answer =
        service.post(
            "/v1/items",
            """
            {"items": [
              {"surface": "front-page", "itemId": "a/b", "attributes": [{"name": "product"}]},
              {"surface": "front-page", "itemId": "mug", "updatedMillis": "5"}]}
            """);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"accepted\":").contains("2");
    var first = service.feedback.history().get(0);
    var second = service.feedback.history().get(1);
    assertThat(first.topic()).isEqualTo(Topics.ITEMS);
    assertThat(new String(first.key(), UTF_8)).isEqualTo("front-page/a/b");
    assertThat(Item.parseFrom(first.value()).getUpdatedMillis()).isEqualTo(NOW);
    assertThat(Item.parseFrom(first.value()).getAttributes(0).getName()).isEqualTo("product");
    assertThat(Item.parseFrom(second.value()).getUpdatedMillis()).isEqualTo(5);
    assertThat(service.get("/metrics").body())
        .contains("waggle_feedback_total{kind=\"item\",outcome=\"accepted\"} 2.0");
  }

  @Test
  void oneBrokenItemRefusesTheBatchAndIsNamed() {
    Status twice =
        refusal(
            () ->
                client.putItems(
                    PutItemsRequest.newBuilder().addItems(item("a")).addItems(item("a")).build()));
    Status nameless =
        refusal(
            () ->
                client.putItems(
                    PutItemsRequest.newBuilder().addItems(item("a")).addItems(item("")).build()));
    Status ahead =
        refusal(
            () ->
                client.putItems(
                    PutItemsRequest.newBuilder()
                        .addItems(item("a").setUpdatedMillis(NOW + 86_400_000))
                        .build()));

    assertThat(twice.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(twice.getDescription()).startsWith("items[1].item_id: unique");
    assertThat(nameless.getDescription()).startsWith("items[1].item_id: ");
    assertThat(ahead.getDescription()).startsWith("items[0].updated_millis: must be at most");
    assertThat(service.feedback.history()).isEmpty();
  }

  @Test
  void itemsOfAnUnknownSurfaceAreNotFound() {
    Status put =
        refusal(
            () ->
                client.putItems(
                    PutItemsRequest.newBuilder().addItems(item("a").setSurface("x")).build()));
    Status deletion =
        refusal(
            () ->
                client.deleteItems(
                    DeleteItemsRequest.newBuilder().setSurface("x").addItemIds("a").build()));

    assertThat(put.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(put.getDescription()).startsWith("items[0].surface: ");
    assertThat(deletion.getDescription()).startsWith("surface: ");
  }

  @Test
  void aDeletionIsATombstone() throws Exception {
    HttpResponse<String> answer =
        service.post("/v1/items/delete", "{\"surface\": \"front-page\", \"itemIds\": [\"mug\"]}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(service.feedback.history().get(0).key(), UTF_8))
        .isEqualTo("front-page/mug");
    assertThat(service.feedback.history().get(0).value()).isNull();
  }

  @Test
  void whatIsNotKnownToBeStoredIsUnavailable() {
    service.feedback.sendException = new NotEnoughReplicasException("away");

    assertThat(refusal(() -> put("a")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void anItemIsToldAsRankingsKnowIt() throws Exception {
    service.items.put("front-page/mug", item("mug").build());
    service.itemStatistics.put(
        "front-page/mug",
        ItemStatistics.newBuilder()
            .setSurface("front-page")
            .setItemId("mug")
            .setVersion(7)
            .build());

    HttpResponse<String> answer = service.get("/v1/surfaces/front-page/items/mug");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"product\"").contains("\"7\"");
    assertThat(service.get("/v1/surfaces/front-page/items/cup").statusCode()).isEqualTo(404);
    assertThat(
            refusal(
                    () ->
                        client.getItem(
                            GetItemRequest.newBuilder()
                                .setSurface("front-page")
                                .setItemId("cup")
                                .build()))
                .getDescription())
        .startsWith("item_id: ");
  }

  @Test
  void aRankingByIdsLogsWhatWasKnownOfTheItems() throws Exception {
    service.items.put("front-page/mug", item("mug").build());

    var ranked =
        RankingServiceGrpc.newBlockingStub(service.channel())
            .rank(
                RankRequest.newBuilder()
                    .setSurface("front-page")
                    .addActions(Action.newBuilder().setId("mug"))
                    .addActions(Action.newBuilder().setId("unknown"))
                    .build());

    assertThat(ranked.getRankingCount()).isEqualTo(2);
    ServiceUnderTest.await(() -> service.decisions.history().size() == 1);
    Decision decision = Decision.parseFrom(service.decisions.history().get(0).value());
    assertThat(decision.getActions(0).getNamespacesList())
        .extracting(Namespace::getName)
        .containsExactly("product");
    assertThat(decision.getActions(1).getNamespacesList()).isEmpty();
  }

  private Object put(String id) {
    return client.putItems(PutItemsRequest.newBuilder().addItems(item(id)).build());
  }

  private static Item.Builder item(String id) {
    return Item.newBuilder()
        .setSurface("front-page")
        .setItemId(id)
        .addAttributes(Namespace.newBuilder().setName("product"));
  }

  private static Status refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
  }
}
