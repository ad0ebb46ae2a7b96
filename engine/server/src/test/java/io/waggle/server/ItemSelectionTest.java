package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.surface.Surface;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import io.waggle.v1.RetrievalConfig;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that name no actions but which items. */
class ItemSelectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ServiceUnderTest service;

  @BeforeEach
  void start() {
    service =
        new ServiceUnderTest(
            Surface.of(
                ServiceUnderTest.uniform("shop")
                    .setRetrieval(RetrievalConfig.newBuilder().setCandidates(5))
                    .build()));
    for (int i = 0; i < 40; i++) {
      Feature shelf =
          Feature.newBuilder()
              .setName("shelf")
              .setValue(FeatureValue.newBuilder().setText(i % 2 == 0 ? "even" : "odd"))
              .build();
      Item item =
          Item.newBuilder()
              .setSurface("shop")
              .setItemId("i" + i)
              .addAttributes(Namespace.newBuilder().setName("item").addFeatures(shelf))
              .build();
      service.items.put(Topics.itemKey("shop", item.getItemId()), item);
    }
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aFilterIsAnsweredWithCandidatesAndOnlyTheseAreLogged() throws Exception {
    JsonNode answer =
        rank("{\"filters\": [{\"attribute\": \"item.shelf\", \"equals\": \"odd\"}]}", 200);

    assertThat(answer.get("itemsSelected").asInt()).isEqualTo(20);
    assertThat(answer.get("ranking")).hasSize(5);
    await(() -> service.metrics.decisionsLogged() == 1);
    Decision logged = Decision.parseFrom(service.decisions.history().get(0).value());
    assertThat(logged.getActionsList())
        .hasSize(5)
        .allMatch(action -> Integer.parseInt(action.getId().substring(1)) % 2 == 1)
        .extracting(Action::getNamespacesCount)
        .containsOnly(1);
    assertThat(logged.getPropensity()).isEqualTo(0.2);
  }

  @Test
  void allItemsAndNamedOnesAreAnswered() throws Exception {
    assertThat(rank("{}", 200).get("itemsSelected").asInt()).isEqualTo(40);

    JsonNode named = rank("{\"itemIds\": [\"i7\", \"i3\", \"unknown\"]}", 200);

    assertThat(named.get("itemsSelected").asInt()).isEqualTo(2);
    assertThat(named.get("ranking").findValuesAsText("actionId"))
        .containsExactlyInAnyOrder("i7", "i3");
  }

  @Test
  void whatIsSelectedAndRankedIsCounted() throws Exception {
    rank("{}", 200);
    rank("{\"itemIds\": [\"i7\", \"i3\"]}", 200);
    rank("{\"itemIds\": [\"unknown\"]}", 400);
    service.post("/v1/rank", "{\"surface\": \"shop\", \"actions\": [{\"id\": \"i1\"}]}");

    assertThat(service.get("/metrics").body())
        .contains("waggle_retrievals_total{surface=\"shop\"} 2.0")
        .contains("waggle_items_selected_total{surface=\"shop\"} 42.0")
        .contains("waggle_items_ranked_total{surface=\"shop\"} 7.0");
  }

  @Test
  void aBrokenSelectionIsNamed() throws Exception {
    assertRefused("{\"itemIds\": [\"a\", \"a\"]}", "items.item_ids[1]: unique, but equals");
    assertRefused("{\"itemIds\": [\"\"]}", "items.item_ids[0]: ");
    assertRefused("{\"itemIds\": [\"a\"]}", "items.item_ids: none of the 1 is an item of");
    assertRefused(
        "{\"filters\": [{\"attribute\": \"shelf\", \"equals\": \"odd\"}]}",
        "items.filters[0].attribute: ");
    assertRefused("{\"filters\": [{\"attribute\": \"item.shelf\"}]}", "items.filters[0].rule: ");
    assertRefused(
        "{\"filters\": [{\"attribute\": \"item.shelf\", \"equals\": \"none\"}]}",
        "items.filters[0]: none of the 40 items of surface shop is left");
    String many =
        IntStream.rangeClosed(0, 10_000)
            .mapToObj(i -> "\"i" + i + "\"")
            .collect(Collectors.joining(",", "{\"itemIds\": [", "]}"));
    assertRefused(many, "items.item_ids: ");
  }

  @Test
  void itemsAndActionsTogetherAreRefused() throws Exception {
    HttpResponse<String> answer =
        service.post(
            "/v1/rank", "{\"surface\": \"shop\", \"items\": {}, \"actions\": [{\"id\": \"a\"}]}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .isEqualTo("items: none where actions are given");
  }

  private void assertRefused(String items, String message) throws Exception {
    assertThat(rank(items, 400).get("message").asText()).startsWith(message);
  }

  private JsonNode rank(String items, int status) throws Exception {
    HttpResponse<String> answer =
        service.post("/v1/rank", "{\"surface\": \"shop\", \"items\": " + items + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }
}
