package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RewardRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop stopped in good order and started again on its data. */
@Timeout(300)
class RestartITCase {
  private static final String SURFACE = "front-page";

  @TempDir Path directory;

  @Test
  void sessionsModelsAndCountsGoOn() throws Exception {
    long version;
    try (EmbeddedWaggle waggle = start();
        LoopClient client = LoopClient.of(waggle)) {
      for (int i = 0; i < 5; i++) {
        client.track(SURFACE, "ann", "click-" + i);
        client.feedback().reward(reward(client.rank(SURFACE, "ann").getDecisionId(), "r" + i));
      }
      await("all is joined", () -> client.count(SURFACE, "rewards_received") == 5);
      await("all is folded", () -> client.rank(SURFACE, "ann").getSessionVersion() == 5);
      await("a model serves", () -> client.rank(SURFACE, "ann").getEventsLearned() >= 5);
      version = client.policy(SURFACE, "learner").getModelVersion();
    }

    try (EmbeddedWaggle waggle = start();
        LoopClient client = LoopClient.of(waggle)) {
      RankResponse answer = client.rank(SURFACE, "ann");
      assertThat(answer.getSessionVersion()).isEqualTo(5);
      assertThat(client.policy(SURFACE, "learner").getModelVersion())
          .isGreaterThanOrEqualTo(version);
      await("the jobs report", () -> client.count(SURFACE, "rewards_received") == 5);
      assertThat(client.count(SURFACE, "interactions_folded")).isEqualTo(5);

      client.track(SURFACE, "ann", "click-4");
      client.track(SURFACE, "ann", "click-5");

      await("the next one is folded", () -> client.rank(SURFACE, "ann").getSessionVersion() == 6);
      await("the repeat is known", () -> client.count(SURFACE, "interactions_duplicate") == 1);
    }
  }

  @Test
  void windowsOfALoopThatStaysSilentCloseAfterARestart() throws Exception {
    try (EmbeddedWaggle waggle = start(8);
        LoopClient client = LoopClient.of(waggle)) {
      client.feedback().reward(reward(client.rank(SURFACE, "ann").getDecisionId(), "r"));
      await("it waits", () -> client.count(SURFACE, "rewards_waiting") == 1);
    }

    try (EmbeddedWaggle waggle = start(8);
        LoopClient client = LoopClient.of(waggle)) {
      await("its window is over", () -> client.count(SURFACE, "rewards_learned") == 1);
      assertThat(client.count(SURFACE, "decisions_waiting")).isZero();
    }
  }

  @Test
  void secondLoopOnTheSameDataIsRefused() throws Exception {
    try (EmbeddedWaggle waggle = start()) {
      assertThat(waggle.port()).isPositive();
      assertThatThrownBy(this::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another waggle is running");
    }
  }

  private EmbeddedWaggle start() throws InterruptedException {
    return start(600);
  }

  private EmbeddedWaggle start(int waitSeconds) throws InterruptedException {
    return EmbeddedWaggle.start(
        EmbeddedWaggle.Settings.in(directory),
        new Surfaces(
            List.of(Surface.of(SurfaceFiles.parse(LoopClient.surface(SURFACE, waitSeconds))))),
        step -> {});
  }

  private static RewardRequest reward(String decision, String id) {
    return RewardRequest.newBuilder()
        .setSurface(SURFACE)
        .setDecisionId(decision)
        .setRewardId(id)
        .setValue(1)
        .build();
  }
}
