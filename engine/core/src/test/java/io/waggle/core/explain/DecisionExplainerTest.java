package io.waggle.core.explain;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.explain.DecisionExplainer.Explained;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decision;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.ReproductionOutcome;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionFeature;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionExplainerTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final String BAG = "--cb_explore_adf --bag 3 -q ua -b 12";

  @ParameterizedTest
  @ValueSource(strings = {"first", "all"})
  void aPolicyWithoutScoresHasProbabilitiesAndTheDraw(String policy) {
    Surface surface = Surface.of(config(policy).build());
    Decision decision = new Ranker(new ServingModels()).rank(surface, input(3)).decision();

    Explained explained = DecisionExplainer.of(decision, surface, null, 10);

    assertThat(explained.reproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.explanation().getNotesList()).isEmpty();
    var slot = explained.explanation().getSlots(0);
    assertThat(slot.getActionsList()).noneMatch(ActionExplanation::hasScore);
    assertThat(slot.getActions(0).getPolicyProbability())
        .isEqualTo(policy.equals("first") ? 1 : 1.0 / 3);
    var draw = slot.getDraw();
    assertThat(draw.getNumber()).isBetween(draw.getLower(), draw.getUpper());
    assertThat(draw.getUpper() - draw.getLower())
        .as("as wide as the probability of what was drawn")
        .isCloseTo(decision.getPropensity(), within(1e-12));
    assertThat(slot.getActions(0).getProbability()).isEqualTo(decision.getProbabilities(0));
    assertThat(slot.getDraw().getNumber())
        .isGreaterThanOrEqualTo(slot.getDraw().getLower())
        .isLessThan(slot.getDraw().getUpper());
  }

  @Test
  void aPopularityModelIsAskedAgain() throws Exception {
    Surface surface = Surface.of(config("popular").build());
    ServableModel model = learned("popular", Learners.arguments(surface.policy("popular")).get());
    Decision decision = ranker(model).rank(surface, input(3)).decision();

    Explained explained = DecisionExplainer.of(decision, surface, model, 10);

    assertThat(decision.getModelVersion()).isEqualTo(7);
    assertThat(explained.reproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.explanation().getFactsList())
        .contains("chooses the action with the best recent mean reward");
  }

  @Test
  void ofSeveralWeightSetsTheMeanIsTakenApartAndEachScoreIsShown() throws Exception {
    Surface surface = Surface.of(config("learner").build());
    ServableModel model = learned("learner", BAG);
    Decision decision = ranker(model).rank(surface, input(3)).decision();

    Explained explained = DecisionExplainer.of(decision, surface, model, 2);

    for (ActionExplanation action : explained.explanation().getSlots(0).getActionsList()) {
      assertThat(action.getSetScoresList()).hasSize(3);
      assertThat(action.getSetScoresList().stream().mapToDouble(each -> each).sum() / 3)
          .isEqualTo(action.getScore(), within(1e-12));
      assertThat(action.getContributionsCount()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void manyActionsListFewerContributionsEachAndItIsSaid() throws Exception {
    Surface surface = Surface.of(config("learner").build());
    ServableModel model = learned("learner", BAG);
    Decision decision = ranker(model).rank(surface, input(1_000)).decision();

    Explained explained = DecisionExplainer.of(decision, surface, model, 100);

    assertThat(explained.explanation().getNotesList())
        .containsExactly("10 contributions an action, not 100: at most 10000 in all");
    assertThat(explained.explanation().getSlots(0).getActionsList())
        .hasSize(1_000)
        .allMatch(action -> action.getContributionsCount() <= 10);
  }

  @Test
  void theDrawIsToldAsItWasWhateverTheConfigurationBecame() throws Exception {
    Surface surface = Surface.of(config("learner").setExplorationFloor(0.1).build());
    ServableModel model = learned("learner", BAG);
    Decision decision = ranker(model).rank(surface, input(40)).decision();
    Surface changed = Surface.of(config("learner").setExplorationFloor(0.3).build());

    Explained then = DecisionExplainer.of(decision, surface, model, 10);
    Explained now = DecisionExplainer.of(decision, changed, model, 10);
    Explained gone = DecisionExplainer.of(decision, null, model, 10);

    assertThat(decision.getExplorationFloor()).isEqualTo(0.1);
    assertThat(now.explanation().getNotesList())
        .containsExactly("the exploration floor was 0.1, and is now 0.3");
    for (Explained each : List.of(then, now, gone)) {
      assertThat(each.reproduction().getOutcome())
          .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
      assertThat(each.explanation().getSlotsList()).isEqualTo(then.explanation().getSlotsList());
    }
  }

  @Test
  void ofADecisionWithoutItsFloorAChangeIsSeenInEveryProbability() throws Exception {
    Surface surface = Surface.of(config("learner").build());
    ServableModel model = learned("learner", BAG);
    Decision decision =
        ranker(model).rank(surface, input(40)).decision().toBuilder()
            .clearExplorationFloor()
            .build();
    Surface changed = Surface.of(config("learner").setExplorationFloor(0.3).build());

    Explained explained = DecisionExplainer.of(decision, changed, model, 10);

    assertThat(explained.explanation().getNotesList())
        .containsExactly("its exploration floor was not logged: made again with that of now");
    assertThat(explained.reproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_DIFFERENT);
    assertThat(explained.reproduction().getDifferencesList())
        .hasSize(21)
        .first()
        .asString()
        .startsWith("probability of a0: logged ");
    assertThat(explained.reproduction().getDifferences(20)).endsWith(" more");
  }

  @Test
  void aPinIsSeenAsFactorsAndTheDecisionIsMadeAgain() throws Exception {
    Surface surface =
        Surface.of(
            config("learner")
                .addConstraints(
                    ConstraintConfig.newBuilder()
                        .setName("top")
                        .setPin(PinConstraint.newBuilder().setItem("a2").setPlace(1)))
                .build());
    ServableModel model = learned("learner", BAG);
    Decision decision = ranker(model).rank(surface, input(3)).decision();

    Explained explained = DecisionExplainer.of(decision, surface, model, 10);

    assertThat(explained.reproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.explanation().getConstraints(0).getPinned()).isEqualTo("a2");
    assertThat(explained.explanation().getSlots(0).getActionsList())
        .extracting(ActionExplanation::getFactor)
        .containsExactly(0.0, 0.0, 1.0);
  }

  @Test
  void aSurfaceThatIsGoneIsSaidAndAFloorThatNobodyKnows() throws Exception {
    Surface surface = Surface.of(config("learner").build());
    ServableModel model = learned("learner", BAG);
    Decision decision =
        ranker(model).rank(surface, input(3)).decision().toBuilder()
            .clearExplorationFloor()
            .build();

    Explained explained = DecisionExplainer.of(decision, null, model, 10);

    assertThat(explained.reproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_UNSPECIFIED);
    assertThat(explained.explanation().getNotesList())
        .containsExactly(
            "surface front is not configured any more",
            "not made again: its exploration floor was not logged, and the surface is gone");
    assertThat(explained.explanation().getSlots(0).getActions(0).hasScore()).isTrue();
  }

  /** The model has learned from the decision with the feature, so that it would be listed. */
  @Test
  void aSensitiveFeatureAppearsInNoExplanation() throws Exception {
    ServableModel model = learned("learner", BAG);
    Surface open = Surface.of(withLength(false));
    Decision shown = ranker(model).rank(open, input(2)).decision();
    ServableModel knowing = servable("learner", BAG, learnedFrom(shown, model));
    Surface closed = Surface.of(withLength(true));
    Decision hidden = ranker(model).rank(closed, input(2)).decision();

    assertThat(DecisionExplainer.of(shown, open, knowing, 100).toString()).contains("about_length");
    assertThat(DecisionExplainer.of(hidden, closed, knowing, 100).toString())
        .doesNotContain("about_length");
  }

  private static SurfaceConfig withLength(boolean sensitive) {
    return config("learner")
        .addFeatures(
            FeatureConfig.newBuilder()
                .setName("about_length")
                .setNamespace("history")
                .setSensitive(sensitive)
                .setSession(
                    SessionFeature.newBuilder().setAspect(SessionAspect.SESSION_ASPECT_LENGTH)))
        .build();
  }

  private static byte[] learnedFrom(Decision decision, ServableModel model) throws Exception {
    try (Learner learner = Learners.open(BAG, model.bytes().toByteArray(), 1e-3)) {
      for (int i = 0; i < 10; i++) {
        var unused = learner.learn(Example.of(decision), i % 2, -i % 2, 0.5);
      }
      return learner.modelBytes();
    }
  }

  private static Ranker ranker(ServableModel model) {
    ServingModels models = new ServingModels();
    assertThat(models.apply(model)).isTrue();
    return new Ranker(models);
  }

  private static ServableModel learned(String policy, String arguments) throws Exception {
    try (Learner learner = Learners.open(arguments, null, 1e-3)) {
      for (int i = 0; i < 20; i++) {
        Example example =
            new Example(
                List.of(namespace("user", text("name", "ann"))),
                List.of(),
                List.of(action("a0"), action("a1"), action("a2")),
                NOW + i);
        var unused = learner.learn(example, i % 3, i % 3 == 1 ? -1 : 0, 0.5);
      }
      return servable(policy, arguments, learner.modelBytes());
    }
  }

  private static ServableModel servable(String policy, String arguments, byte[] bytes) {
    return new ServableModel(
        "front", policy, 7, ByteString.copyFrom(bytes), arguments, 20, NOW, 0, 0);
  }

  private static RankInput input(int actions) {
    List<Action> list = IntStream.range(0, actions).mapToObj(i -> action("a" + i)).toList();
    Session session =
        Session.newBuilder()
            .setUserId("u")
            .setVersion(3)
            .setLength(3)
            .setStartedMillis(NOW - 5_000)
            .setLastMillis(NOW - 1_000)
            .setSessionCount(1)
            .build();
    return new RankInput(
        "d1",
        "u",
        NOW,
        List.of(namespace("user", text("name", "ann"))),
        session,
        list,
        false,
        List.of());
  }

  private static SurfaceConfig.Builder config(String live) {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .setLivePolicy(live)
        .setExplorationFloor(0.1)
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("learner")
                .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(BAG)))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("popular")
                .setPopularity(PopularityPolicy.getDefaultInstance()))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("first")
                .setBaseline(BaselinePolicy.getDefaultInstance()))
        .addPolicies(
            PolicyConfig.newBuilder().setName("all").setUniform(UniformPolicy.getDefaultInstance()))
        .setReward(RewardConfig.getDefaultInstance());
  }
}
