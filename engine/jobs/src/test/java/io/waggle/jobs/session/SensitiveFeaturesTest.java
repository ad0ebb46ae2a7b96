package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.action;
import static io.waggle.jobs.session.SessionFixture.click;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureState;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * From the interaction to the learner's text: what a sensitive feature keeps is in the state and
 * nowhere else.
 */
class SensitiveFeaturesTest {
  private static final Surfaces SURFACES = FeaturesFixture.surfaces(FeaturesFixture.FEATURES);

  @Test
  void sensitiveFeatureIsKeptButReachesNoDecisionExampleOrAnswer() throws Exception {
    try (SessionHarness harness = new SessionHarness(SURFACES, null)) {
      harness.interaction(interaction());
      harness.request(SessionFixture.request("front", "u", "d1"), START + 1000);
      RankTask task = harness.tasks().get(0);

      Ranker.Ranked ranked =
          new Ranker(new ServingModels())
              .rank(Objects.requireNonNull(SURFACES.find("front")), input(task));

      Session session = harness.newest();
      assertThat(session.getFeatures().getSurfaces(0).getFeaturesList())
          .extracting(FeatureState::getName)
          .contains("secret_health", "secret_taste", "secret_seen");
      assertThat(session.toString()).contains("diagnosis");
      for (String seen :
          List.of(
              ranked.decision().toString(),
              Example.of(ranked.decision()).text(),
              ranked.response().toString())) {
        assertThat(seen)
            .isNotEmpty()
            .doesNotContain("diagnosis")
            .doesNotContain("secret")
            .doesNotContain("private")
            .doesNotContain("hidden");
      }
    }
  }

  private static Interaction interaction() {
    return click("front", "u", "i1", START).toBuilder()
        .setItemId("x")
        .addProperties(
            Feature.newBuilder()
                .setName("health")
                .setValue(FeatureValue.newBuilder().setText("diagnosis")))
        .build();
  }

  private static RankInput input(RankTask task) {
    return new RankInput(
        "d1",
        "u",
        task.getTimeMillis(),
        List.of(),
        task.getSession(),
        List.of(action("x"), action("y")),
        false,
        List.of());
  }
}
