package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of exploration and of learning that a policy may name, through the learner of the job:
 * on a seeded log of a uniform policy each finds out what which user likes.
 */
final class CommandLinesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-q ua --epsilon 0.1",
        "-q ua --bag 5",
        "-q ua --cover 3",
        "-q ua --cover 3 --psi 0.1 --nounif --epsilon 0.05",
        "-q ua --regcb --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001",
        "-q ua --squarecb",
        "-q ua --softmax --lambda 10",
        "-q ua --rnd 3 --epsilon 0.05",
        "-q ua --first 100 --epsilon 0.1",
        "-q ua --synthcover",
        "-q ua --cb_type mtr",
        "-q ua --cb_type dr",
        "-q ua --cb_type ips",
        "--interactions ua --epsilon 0.1",
        "--cubic uat --epsilon 0.1",
        "-q :: --epsilon 0.1",
        "-q ua --ignore t --epsilon 0.1",
        "-q ua --ignore_linear u --epsilon 0.1",
      })
  void everyCommandLineLearnsMoreThanUniform(String options) throws Exception {
    String arguments = "--cb_explore_adf -b 12 --quiet " + options;
    // In the shadow, where those may run too that the scorer does not compute.
    Surfaces home =
        new Surfaces(
            List.of(
                Surface.of(
                    TestSurfaces.config("home", arguments).toBuilder()
                        .setLivePolicy("uniform")
                        .build())));
    try (LearnSubtask learn = new LearnSubtask(home, Learners::open)) {
      Random random = new Random(3);
      for (int i = 0; i < 1_500; i++) {
        learn.feed(logged("d" + i, random));
      }
      learn.clock(60_000);

      assertThat(learn.deadLetters()).isEmpty();
      // (0.8 + 0.1 + 0.1) / 3 against up to 0.8.
      assertThat(learn.evaluation("uniform").getSnips()).isCloseTo(1 / 3.0, within(0.04));
      assertThat(learn.evaluation("learner").getSnips()).isGreaterThan(0.5);
      assertThat(learn.evaluation("learner").getLift().getLower()).isPositive();
    }
  }

  /** Anna likes a, bert b, everybody else c. */
  private static JoinedDecision logged(String id, Random random) {
    int user = random.nextInt(3);
    int chosen = random.nextInt(3);
    boolean rewarded = random.nextDouble() < (chosen == user ? 0.8 : 0.1);
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface("home")
            .setEventTimeMillis(1_000)
            .addContext(text("user", "name", List.of("anna", "bert", "carl").get(user)))
            .addContext(text("time", "day", "day" + random.nextInt(7)))
            .addOrder(chosen)
            .setPropensity(1 / 3.0);
    for (String action : List.of("a", "b", "c")) {
      decision.addActions(Action.newBuilder().setId(action));
    }
    return JoinedDecision.newBuilder()
        .setDecision(decision)
        .setReward(rewarded ? 1 : 0)
        .setRewardCount(rewarded ? 1 : 0)
        .build();
  }

  private static Namespace text(String namespace, String name, String value) {
    return Namespace.newBuilder()
        .setName(namespace)
        .addFeatures(
            Feature.newBuilder().setName(name).setValue(FeatureValue.newBuilder().setText(value)))
        .build();
  }
}
