package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.plain;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Exploration;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.Decision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.TrafficShare;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankerTest {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0 -b 10";
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final double FLOOR = 0.1;

  private final ServingModels models = new ServingModels();
  private final Ranker ranker = new Ranker(models);

  @Test
  void withoutAModelEveryActionIsAsLikely() {
    Ranker.Ranked ranked = ranker.rank(surface("live"), input("d1", "u", "a", "b", "c", "d"));

    assertThat(ranked.decision().getProbabilitiesList()).allMatch(p -> Math.abs(p - 0.25) < 1e-12);
    assertThat(ranked.decision().getModelVersion()).isZero();
    assertThat(ranked.response().getModelVersion()).isZero();
    assertThat(ranked.response().getModelAgeMillis()).isZero();
    assertThat(ranked.response().getPolicy()).isEqualTo("live");
  }

  @Test
  void theModelDecidesAboveTheFloor() throws Exception {
    models.apply(liking(1, 3));

    Decision decision = ranker.rank(surface("live"), input("d1", "u", "a", "b")).decision();

    assertThat(decision.getProbabilities(0)).isCloseTo(0.05, within(1e-6));
    assertThat(decision.getProbabilities(1)).isCloseTo(0.95, within(1e-6));
    assertThat(decision.getModelVersion()).isEqualTo(3);
  }

  @Test
  void theDecisionHoldsEverythingThatReproducesIt() throws Exception {
    models.apply(liking(0, 3));
    Session session =
        Session.newBuilder().setUserId("u").setVersion(17).setLastMillis(NOW_MILLIS - 1000).build();
    RankInput input =
        new RankInput(
            "d1",
            "u",
            NOW_MILLIS,
            List.of(namespace("context", text("device", "ios"))),
            session,
            List.of(action("a", namespace("item", number("age", 2))), action("b")),
            true,
            List.of());

    Decision decision = ranker.rank(surface("live"), input).decision();

    assertThat(decision.getDecisionId()).isEqualTo("d1");
    assertThat(decision.getSurface()).isEqualTo("front");
    assertThat(decision.getUserId()).isEqualTo("u");
    assertThat(decision.getEventTimeMillis()).isEqualTo(NOW_MILLIS);
    assertThat(decision.getContextList()).isEqualTo(input.context());
    assertThat(decision.getSessionList())
        .isNotEmpty()
        .isEqualTo(SessionFeatures.of(session, NOW_MILLIS, SessionSettings.DEFAULT));
    assertThat(decision.getActionsList()).isEqualTo(input.actions());
    assertThat(decision.getPolicy()).isEqualTo("live");
    assertThat(decision.getModelVersion()).isEqualTo(3);
    assertThat(decision.getSeed()).isEqualTo(Exploration.seed("front", "d1"));
    assertThat(decision.getDeferred()).isTrue();
    assertThat(decision.getSessionVersion()).isEqualTo(17);
  }

  @Test
  void theAnswerSaysWhatTheDecisionSays() throws Exception {
    models.apply(liking(0, 3));

    Ranker.Ranked ranked = ranker.rank(surface("live"), input("d1", "u", "a", "b", "c"));

    Decision decision = ranked.decision();
    RankResponse response = ranked.response();
    assertThat(response.getDecisionId()).isEqualTo("d1");
    assertThat(response.getRankingList())
        .extracting(RankedAction::getActionId)
        .isEqualTo(
            decision.getOrderList().stream().map(i -> decision.getActions(i).getId()).toList());
    assertThat(response.getRankingList())
        .extracting(RankedAction::getProbability)
        .isEqualTo(decision.getOrderList().stream().map(decision::getProbabilities).toList());
    assertThat(response.getChosenActionId()).isEqualTo(response.getRanking(0).getActionId());
    assertThat(response.getEventsLearned()).isEqualTo(30);
    assertThat(response.getModelAgeMillis()).isEqualTo(400);
  }

  @Test
  void theSameInputAndModelGiveTheSameBytes() throws Exception {
    models.apply(liking(1, 3));
    ServingModels others = new ServingModels();
    others.apply(liking(1, 3));
    Ranker other = new Ranker(others);
    for (int i = 0; i < 50; i++) {
      RankInput input = input("d" + i, "u" + i, "a", "b", "c");

      assertThat(other.rank(surface("live"), input).decision().toByteString())
          .isEqualTo(ranker.rank(surface("live"), input).decision().toByteString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theOrderIsThePolicysWithTheChosenOneFirst(long seed) throws Exception {
    models.apply(liking(1, 3));
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      String[] ids =
          IntStream.range(0, 1 + random.nextInt(20)).mapToObj(a -> "i" + a).toArray(String[]::new);
      Decision decision =
          ranker
              .rank(
                  surface(random.nextBoolean() ? "live" : "baseline"),
                  input("d" + random.nextLong(), "u", ids))
              .decision();

      int chosen = decision.getOrder(0);
      assertThat(decision.getOrderList())
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, ids.length).boxed().toList());
      assertThat(decision.getPropensity())
          .isEqualTo(decision.getProbabilities(chosen))
          .isPositive();
      assertThat(decision.getProbabilitiesList())
          .hasSize(ids.length)
          .allMatch(p -> p >= FLOOR / ids.length * (1 - 1e-9));
      assertThat(decision.getProbabilitiesList().stream().mapToDouble(p -> p).sum())
          .isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void theBaselineKeepsTheAppsOrderBehindTheChosenOne() {
    Surface surface = surface("baseline");
    for (int i = 0; i < 100; i++) {
      Decision decision = ranker.rank(surface, input("d" + i, "u", "a", "b", "c")).decision();

      List<Integer> rest = decision.getOrderList().subList(1, 3);
      assertThat(rest).isSorted();
    }
  }

  @Test
  void actionsAreShownFirstAsOftenAsTheirProbabilitySays() {
    Surface surface = surface("table");
    Map<String, Integer> shown = new HashMap<>();
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      shown.merge(
          ranker
              .rank(surface, input("decision-" + i, "u", "a", "b", "c"))
              .response()
              .getChosenActionId(),
          1,
          Integer::sum);
    }

    // 0.9 x table + 0.1 / 3; four standard deviations of a share are at most 0.0142.
    assertThat(shown.getOrDefault("a", 0) / (double) draws)
        .isCloseTo(0.9 * 0.7 + 0.1 / 3, within(0.0142));
    assertThat(shown.getOrDefault("b", 0) / (double) draws)
        .isCloseTo(0.9 * 0.3 + 0.1 / 3, within(0.0142));
    assertThat(shown.getOrDefault("c", 0) / (double) draws).isCloseTo(0.1 / 3, within(0.0142));
  }

  @Test
  void withoutActionsTheCatalogueIsRanked() {
    Surface surface =
        Surface.of(config("live").addCatalogue(action("x")).addCatalogue(action("y")).build());

    assertThat(ranker.rank(surface, input("d", "u")).decision().getActionsList())
        .extracting(Action::getId)
        .containsExactly("x", "y");
    assertThat(ranker.rank(surface, input("d", "u", "a")).decision().getActionsList())
        .extracting(Action::getId)
        .containsExactly("a");
  }

  @Test
  void withNothingToRankTheFieldIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ranker.rank(surface("live"), input("d", "u")))
        .withMessageStartingWith("actions: ");
  }

  @Test
  void aFeatureThatNoLearnerCanBearIsNamedWhateverThePolicy() {
    RankInput input =
        new RankInput(
            "d",
            "u",
            NOW_MILLIS,
            List.of(namespace("c", number("x", Double.NaN))),
            null,
            List.of(action("a")),
            false,
            List.of());

    for (String policy : List.of("live", "baseline", "uniform")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ranker.rank(surface(policy), input))
          .withMessageStartingWith("context[0].features[0].value.number: NaN");
    }
  }

  @Test
  void trafficIsSharedByUserAndAUserStaysWithItsPolicy() {
    Surface surface =
        Surface.of(
            config("live")
                .addTraffic(share("uniform", 0.2))
                .addTraffic(share("baseline", 0.3))
                .build());
    Map<String, Integer> counts = new HashMap<>();
    int users = 10_000;
    for (int i = 0; i < users; i++) {
      String policy = policyOf(surface, "d" + i, "user" + i);
      counts.merge(policy, 1, Integer::sum);
      assertThat(policyOf(surface, "other" + i, "user" + i)).isEqualTo(policy);
    }

    // Four standard deviations of a share are at most 0.02.
    assertThat(counts.getOrDefault("uniform", 0) / (double) users).isCloseTo(0.2, within(0.02));
    assertThat(counts.getOrDefault("baseline", 0) / (double) users).isCloseTo(0.3, within(0.02));
    assertThat(counts.getOrDefault("live", 0) / (double) users).isCloseTo(0.5, within(0.02));
  }

  @Test
  void anonymousTrafficIsSharedByDecision() {
    Surface surface = Surface.of(config("live").addTraffic(share("uniform", 0.5)).build());
    HashSet<String> policies = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      policies.add(policyOf(surface, "d" + i, ""));
    }

    assertThat(policies).containsExactlyInAnyOrder("live", "uniform");
  }

  @Test
  void theSplitOfAnonymousTrafficDoesNotBiasTheDraw() {
    Surface surface = Surface.of(config("live").addTraffic(share("uniform", 0.5)).build());
    int first = 0;
    int count = 0;
    for (int i = 0; i < 20_000; i++) {
      Decision decision = ranker.rank(surface, input("d" + i, "", "a", "b")).decision();
      if (decision.getPolicy().equals("uniform")) {
        count++;
        first += decision.getOrder(0) == 0 ? 1 : 0;
      }
    }

    // Four standard deviations at half of 20,000.
    assertThat(first / (double) count).isCloseTo(0.5, within(0.02));
  }

  private String policyOf(Surface surface, String decisionId, String userId) {
    return ranker.rank(surface, input(decisionId, userId, "a", "b")).decision().getPolicy();
  }

  private static RankInput input(String decisionId, String userId, String... ids) {
    return new RankInput(
        decisionId, userId, NOW_MILLIS, List.of(), null, plain(ids).actions(), false, List.of());
  }

  private static Surface surface(String livePolicy) {
    return Surface.of(config(livePolicy).build());
  }

  private static SurfaceConfig.Builder config(String livePolicy) {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .setLivePolicy(livePolicy)
        .setExplorationFloor(FLOOR)
        .setReward(RewardConfig.getDefaultInstance())
        .addPolicies(
            policy("live").setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(ARGUMENTS)))
        .addPolicies(policy("uniform").setUniform(UniformPolicy.getDefaultInstance()))
        .addPolicies(policy("baseline").setBaseline(BaselinePolicy.getDefaultInstance()))
        .addPolicies(
            policy("table")
                .setTable(TablePolicy.newBuilder().addRows(row("a", 0.7)).addRows(row("b", 0.3))));
  }

  private static PolicyConfig.Builder policy(String name) {
    return PolicyConfig.newBuilder().setName(name);
  }

  private static TableRow row(String id, double probability) {
    return TableRow.newBuilder().setActionId(id).setProbability(probability).build();
  }

  private static TrafficShare share(String policy, double share) {
    return TrafficShare.newBuilder().setPolicy(policy).setShare(share).build();
  }

  /** A model that prefers one of the actions a and b, taken 400 ms ago. */
  private static ServableModel liking(int action, long version) throws RejectedExampleException {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int i = 0; i < 5; i++) {
        learner.learn(plain("a", "b"), action, -1, 0.5);
      }
      return new ServableModel(
          "front",
          "live",
          version,
          ByteString.copyFrom(learner.modelBytes()),
          ARGUMENTS,
          30,
          NOW_MILLIS - 400,
          0,
          0);
    }
  }
}
