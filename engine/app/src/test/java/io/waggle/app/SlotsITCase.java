package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedSlot;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.Slot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A surface with two slots through the whole loop: each slot is rewarded and learned by itself. */
@Timeout(180)
class SlotsITCase {
  private static final String PAGE = "page";
  private static final String FILE =
      """
      name: page
      multiSlot: true
      livePolicy: learner
      policies:
        - name: learner
          vowpalWabbit:
            arguments: --ccb_explore_adf --epsilon 0.2 -b 12 -l 0.5
        - name: uniform
          uniform: {}
        - name: baseline
          baseline: {}
      reward:
        wait: 2s
      catalogue:
        - id: sport
        - id: news
        - id: weather
      """;

  @TempDir private Path directory;

  @Test
  void eachSlotLearnsFromItsOwnRewardsAndAnswersWithItsOwnProbability() throws Exception {
    Surfaces surfaces = new Surfaces(List.of(Surface.of(SurfaceFiles.parse(FILE))));
    try (EmbeddedWaggle waggle =
            EmbeddedWaggle.start(
                EmbeddedWaggle.Settings.in(directory.resolve("data")), surfaces, step -> {});
        LoopClient client = LoopClient.of(waggle)) {
      // Nothing is known: 1/3 for the first slot, 1/2 for the second.
      assertThat(rank(client).getSlotsList())
          .extracting(RankedSlot::getProbability)
          .containsExactly(1 / 3.0, 0.5);

      for (int i = 0; i < 60; i++) {
        RankResponse ranked = rank(client);
        reward(client, ranked, 0, "news");
        reward(client, ranked, 1, "sport");
      }

      await("both slots learned", () -> likely(rank(client), "news", "sport"));
      assertThat(json(waggle.port()))
          .contains("\"slotId\":\"top\"", "\"slotId\":\"side\"", "\"probability\":0.8");
      await(
          "all decisions evaluated",
          () -> client.policy(PAGE, "uniform").getEvaluation().getCount() >= 60);
      assertThat(client.policy(PAGE, "learner").getEvaluation().getEventsLearned())
          .isGreaterThanOrEqualTo(60);
      assertThat(client.records(Topics.DEAD_LETTERS)).isEmpty();
      assertThat(client.records(Topics.EVALUATIONS))
          .extracting(record -> PolicyEvaluation.parseFrom(record.value()).getSegment())
          .contains("all", "slot/top", "slot/side");
    }
  }

  private static RankResponse rank(LoopClient client) {
    return client
        .ranking()
        .rank(
            RankRequest.newBuilder()
                .setSurface(PAGE)
                .setUserId("eve")
                .addAllActions(
                    Stream.of("sport", "news", "weather")
                        .map(id -> Action.newBuilder().setId(id).build())
                        .toList())
                .addSlots(Slot.newBuilder().setId("top"))
                .addSlots(Slot.newBuilder().setId("side"))
                .build());
  }

  private static void reward(LoopClient client, RankResponse ranked, int slot, String good) {
    RankedSlot filled = ranked.getSlots(slot);
    var unused =
        client
            .feedback()
            .reward(
                RewardRequest.newBuilder()
                    .setSurface(PAGE)
                    .setDecisionId(ranked.getDecisionId())
                    .setSlotId(filled.getSlotId())
                    .setValue(filled.getActionId().equals(good) ? 1 : 0)
                    .build());
  }

  /** Both slots show what is rewarded there, as likely as a greedy choice is. */
  private static boolean likely(RankResponse ranked, String top, String side) {
    return ranked.getSlots(0).getActionId().equals(top)
        && ranked.getSlots(0).getProbability() > 0.8
        && ranked.getSlots(1).getActionId().equals(side)
        && ranked.getSlots(1).getProbability() > 0.8;
  }

  private static String json(int port) throws Exception {
    // HTTP/1.1: of this client's upgrades to HTTP/2 about 1 in 70 hangs (docs/quickstart.md).
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/rank"))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"surface": "page", "userId": "eve",
                     "slots": [{"id": "top"}, {"id": "side"}]}
                    """))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
