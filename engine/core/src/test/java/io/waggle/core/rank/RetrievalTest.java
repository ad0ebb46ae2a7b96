package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.score.Scorer;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decision;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Item;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RetrievalConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetrievalTest {
  private static final String SURFACE = "shop";
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.1 -q ui -b 18";
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final int ITEMS = 300;
  private static final int CANDIDATES = 20;

  private final ServingModels models = new ServingModels();
  private final CategorisedItems catalogue = new CategorisedItems(SURFACE, ITEMS);
  private final Ranker ranker = new Ranker(models, catalogue);

  @ParameterizedTest
  @CsvSource({"100, 0.29, 29", "100, 0.58, 58", "20, 0.1, 2", "20, 0.19, 3", "7, 1, 7", "7, 0, 0"})
  void aShareIsOfWholeCandidates(int candidates, double share, int drawn) {
    RetrievalConfig config =
        RetrievalConfig.newBuilder().setCandidates(candidates).setRandomShare(share).build();

    assertThat(Retrieval.atRandom(config)).isEqualTo(drawn);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void withPlacesForAllItIsTheExactRankingBitForBit(long seed) throws Exception {
    models.apply(learned(seed));
    Surface surface = surface(config(ITEMS, 0.5).setMinPropensity(1e-9));

    for (int i = 0; i < 20; i++) {
      Decision retrieved = ranker.rank(surface, input("d" + i, everything())).decision();
      Decision exact = ranker.rank(surface, given("d" + i, catalogue.ids())).decision();

      assertThat(retrieved.toBuilder().clearRetrieval().build().toByteString())
          .isEqualTo(exact.toByteString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theCandidatesAreTheBestOfAllByTheModelThatDecides(long seed) throws Exception {
    ServableModel model = learned(seed);
    models.apply(model);
    Scorer scorer = Scorer.of(ARGUMENTS, VowpalWabbitModel.parse(model.bytes().toByteArray()));

    Decision decision =
        ranker.rank(surface(config(CANDIDATES, 0)), input("d", everything())).decision();

    float[] exact =
        scorer
            .scores(new Example(decision.getContextList(), decision.getSessionList(), actions()))[
            0];
    double worst =
        decision.getActionsList().stream()
            .mapToDouble(action -> exact[place(action)])
            .max()
            .orElseThrow();
    Set<String> candidates = ids(decision);
    assertThat(decision.getActionsCount()).isEqualTo(CANDIDATES);
    assertThat(decision.getModelVersion()).isEqualTo(model.version());
    for (Action other : actions()) {
      if (!candidates.contains(other.getId())) {
        // Equal items are many; rounding may put one before the other.
        assertThat((double) exact[place(other)]).isGreaterThan(worst - 1e-5);
      }
    }
  }

  @Test
  void whatIsLoggedIsWhatWasDrawnFrom() throws Exception {
    ServableModel model = learned(1);
    models.apply(model);
    Surface surface = surface(config(CANDIDATES, 0.2));
    Scorer scorer = Scorer.of(ARGUMENTS, VowpalWabbitModel.parse(model.bytes().toByteArray()));

    for (int i = 0; i < 50; i++) {
      Decision decision = ranker.rank(surface, input("d" + i, everything())).decision();
      Redraw again = Redraw.of(decision, scorer, surface.explorationFloor());

      assertThat(decision.getActionsCount()).isEqualTo(CANDIDATES);
      assertThat(again.order()).isEqualTo(decision.getOrderList());
      assertThat(again.slots().get(0).probabilities())
          .containsExactly(decision.getProbabilitiesList().stream().mapToDouble(p -> p).toArray());
      assertThat(decision.getPropensity())
          .isEqualTo(decision.getProbabilities(decision.getOrder(0)));
    }
  }

  @Test
  void theSameRequestHasTheSameCandidatesAndTheAnswerSaysOfHowMany() throws Exception {
    models.apply(learned(1));
    Surface surface = surface(config(CANDIDATES, 0.5));

    Ranker.Ranked one = ranker.rank(surface, input("d", everything()));
    Ranker.Ranked same = new Ranker(models, catalogue).rank(surface, input("d", everything()));

    assertThat(same.decision()).isEqualTo(one.decision());
    assertThat(one.response().getItemsSelected()).isEqualTo(ITEMS);
    assertThat(one.response().getRankingCount()).isEqualTo(CANDIDATES);
    assertThat(ranker.rank(surface, given("d", List.of("item-001"))).response().getItemsSelected())
        .isZero();
  }

  @Test
  void theDeclaredShareIsDrawnAmongWhatWasPassedOver() throws Exception {
    models.apply(learned(1));
    Surface surface = surface(config(CANDIDATES, 0.25));
    Map<String, Integer> seen = new HashMap<>();
    int decisions = 1_000;
    for (int i = 0; i < decisions; i++) {
      Decision decision = ranker.rank(surface, input("d" + i, everything())).decision();
      ids(decision).forEach(id -> seen.merge(id, 1, Integer::sum));
    }

    // 5 of 20 places for the 285 or so that were passed over: 1,000 * 5 / 285 each. More often, by
    // four standard deviations, come the best 15 and up to 4 that are equal to one of them.
    double expected = decisions * 5.0 / (ITEMS - 15);
    List<Integer> drawn =
        seen.values().stream().filter(count -> count < expected + 4 * Math.sqrt(expected)).toList();
    assertThat(seen).hasSize(ITEMS);
    assertThat(drawn).hasSizeBetween(ITEMS - 19, ITEMS - 15);
    // Even draws scatter as their mean: with 280 of them by 0.08 parts of it.
    double scatter =
        drawn.stream().mapToDouble(count -> Math.pow(count - expected, 2)).average().orElseThrow();
    assertThat(scatter / expected).isBetween(0.6, 1.4);
  }

  @Test
  void withoutAModelAllCandidatesAreDrawn() {
    Surface surface = surface(config(CANDIDATES, 0));
    Map<String, Integer> seen = new HashMap<>();
    int decisions = 1_000;
    for (int i = 0; i < decisions; i++) {
      Decision decision = ranker.rank(surface, input("d" + i, everything())).decision();
      assertThat(decision.getPropensity()).isCloseTo(1.0 / CANDIDATES, within(1e-12));
      ids(decision).forEach(id -> seen.merge(id, 1, Integer::sum));
    }

    double expected = decisions * (double) CANDIDATES / ITEMS;
    assertThat(seen).hasSize(ITEMS);
    assertThat(seen.values())
        .allMatch(count -> Math.abs(count - expected) < 5 * Math.sqrt(expected));
  }

  @Test
  void aBaselineKeepsTheAppsFirst() {
    Surface surface =
        surface(
            config(2, 0)
                .clearPolicies()
                .addPolicies(
                    PolicyConfig.newBuilder()
                        .setName("live")
                        .setBaseline(BaselinePolicy.getDefaultInstance())));
    ItemSelection ids =
        ItemSelection.newBuilder()
            .addAllItemIds(List.of("item-200", "item-100", "none", "item-000"))
            .build();

    Ranker.Ranked ranked = ranker.rank(surface, input("d", ids));

    assertThat(ranked.decision().getActionsList())
        .extracting(Action::getId)
        .containsExactly("item-200", "item-100");
    assertThat(ranked.response().getItemsSelected()).isEqualTo(3);
  }

  @Test
  void namedItemsNeedNotBeRankableAsAWhole() throws Exception {
    models.apply(learned(1));
    ItemSource tooMany =
        new ItemSource() {
          @Override
          public @Nullable Item item(String surface, String itemId) {
            return catalogue.item(surface, itemId);
          }

          @Override
          public @Nullable ItemStatistics statistics(String surface, String itemId) {
            return null;
          }

          @Override
          public ItemCatalogue catalogue(String surface) {
            throw new IllegalArgumentException("items: too many");
          }

          @Override
          public ItemCatalogue catalogue(String surface, List<String> named) {
            return new ItemCatalogue(
                catalogue.all().items().stream()
                    .filter(item -> named.contains(item.getItemId()))
                    .toList());
          }
        };
    Ranker ofMany = new Ranker(models, tooMany);
    Surface surface = surface(config(CANDIDATES, 0));
    ItemSelection some =
        ItemSelection.newBuilder()
            .addAllItemIds(IntStream.range(100, 150).mapToObj("item-%03d"::formatted).toList())
            .addItemIds("nobody's")
            .build();

    Ranker.Ranked ranked = ofMany.rank(surface, input("d", some));

    assertThat(ranked.response().getItemsSelected()).isEqualTo(50);
    assertThat(ranked.decision()).isEqualTo(ranker.rank(surface, input("d", some)).decision());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ofMany.rank(surface, input("d", everything())))
        .withMessage("items: too many");
  }

  @Test
  void filtersSayWhichItems() throws Exception {
    models.apply(learned(1));
    Surface surface = surface(config(CANDIDATES, 0));
    ItemSelection cheapOfOneCategory =
        ItemSelection.newBuilder()
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.category").setEquals("c3"))
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.price").setBelow(3))
            .build();

    Ranker.Ranked ranked = ranker.rank(surface, input("d", cheapOfOneCategory));

    List<String> naive =
        IntStream.range(0, ITEMS)
            .filter(i -> i % 10 == 3 && i % 7 < 3)
            .mapToObj("item-%03d"::formatted)
            .toList();
    assertThat(ids(ranked.decision())).containsExactlyInAnyOrderElementsOf(naive);
    assertThat(ranked.response().getItemsSelected()).isEqualTo(naive.size());
  }

  @Test
  void theDecisionSaysHowManyItemsWereLeftAtEachStep() throws Exception {
    models.apply(learned(1));
    ItemSelection notOfOneCategory =
        ItemSelection.newBuilder()
            .addFilters(
                FilterConstraint.newBuilder().setAttribute("item.category").setNotEquals("c3"))
            .build();

    Ranker.Ranked ranked =
        ranker.rank(surface(config(CANDIDATES, 0.2)), input("d", notOfOneCategory));

    assertThat(ranked.decision().getRetrieval())
        .isEqualTo(
            ItemRetrieval.newBuilder()
                .setKnown(ITEMS)
                .setFilters(1)
                .setSelected(270)
                .setKept(CANDIDATES)
                .setRandom(4)
                .setRanked(CANDIDATES)
                .build());
    assertThat(ranked.response().getItemsSelected()).isEqualTo(270);
    assertThat(ranker.rank(surface(config(CANDIDATES, 0)), given("d", catalogue.ids())).decision())
        .returns(false, Decision::hasRetrieval);
  }

  @Test
  void whatConstraintsTakeFromTheCandidatesIsNotAmongThoseRanked() throws Exception {
    models.apply(learned(1));
    ItemSelection named =
        ItemSelection.newBuilder()
            .addAllItemIds(List.of("item-000", "item-003", "item-013", "item-020", "nobody's"))
            .build();
    Surface surface =
        surface(
            config(CANDIDATES, 0.2)
                .addConstraints(
                    ConstraintConfig.newBuilder()
                        .setName("not-c3")
                        .setFilter(
                            FilterConstraint.newBuilder()
                                .setAttribute("item.category")
                                .setNotEquals("c3"))));

    Decision decision = ranker.rank(surface, input("d", named)).decision();

    assertThat(ids(decision)).containsExactlyInAnyOrder("item-000", "item-020");
    assertThat(decision.getRetrieval())
        .isEqualTo(
            ItemRetrieval.newBuilder()
                .setNamed(5)
                .setKnown(4)
                .setSelected(4)
                .setKept(4)
                .setRanked(2)
                .build());
  }

  @Test
  void whereNothingTellsItemsApartAllCandidatesAreAtRandom() {
    Decision decision =
        ranker.rank(surface(config(CANDIDATES, 0)), input("d", everything())).decision();

    assertThat(decision.getRetrieval().getRandom()).isEqualTo(CANDIDATES);
  }

  @Test
  void aFilterMayAskForWhatTheContextSays() throws Exception {
    models.apply(learned(1));
    ItemSelection asked =
        ItemSelection.newBuilder()
            .addFilters(
                FilterConstraint.newBuilder()
                    .setAttribute("item.category")
                    .setContainsContext("user.taste"))
            .build();

    Decision decision = ranker.rank(surface(config(CANDIDATES, 0)), input("d", asked)).decision();

    assertThat(decision.getActionsList())
        .hasSize(CANDIDATES)
        .allMatch(action -> place(action) % 10 == 1);
  }

  @Test
  void placesAreNotSpentOnWhatConstraintsExclude() throws Exception {
    models.apply(learned(1));
    SurfaceConfig.Builder free = config(CANDIDATES, 0);
    Decision before = ranker.rank(surface(free), input("d", everything())).decision();
    String favourite = before.getActions(0).getNamespaces(0).getFeatures(0).getValue().getText();

    Decision decision =
        ranker
            .rank(
                surface(
                    config(CANDIDATES, 0)
                        .addConstraints(
                            ConstraintConfig.newBuilder()
                                .setName("not-the-favourite")
                                .setFilter(
                                    FilterConstraint.newBuilder()
                                        .setAttribute("item.category")
                                        .setNotEquals(favourite)))
                        .addConstraints(
                            ConstraintConfig.newBuilder()
                                .setName("ours")
                                .setPin(
                                    PinConstraint.newBuilder().setItem("item-299").setPlace(1)))),
                input("d", everything()))
            .decision();

    assertThat(decision.getActionsCount()).isEqualTo(CANDIDATES);
    assertThat(decision.getActionsList())
        .noneMatch(
            action ->
                action.getNamespaces(0).getFeatures(0).getValue().getText().equals(favourite));
    assertThat(decision.getActions(decision.getOrder(0)).getId()).isEqualTo("item-299");
  }

  @Test
  void whatCannotBeSelectedIsRefusedByName() {
    Surface surface = surface(config(CANDIDATES, 0));
    ItemSelection unknown = ItemSelection.newBuilder().addItemIds("nobody's").build();
    ItemSelection nothing =
        ItemSelection.newBuilder()
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.price").setAbove(100))
            .build();

    assertRefused(
        surface(config(CANDIDATES, 0).clearRetrieval()),
        everything(),
        "items: given, and surface shop declares no retrieval");
    assertRefused(surface, unknown, "items.item_ids: none of the 1 is an item of surface shop");
    assertRefused(
        surface, nothing, "items.filters[0]: none of the 300 items of surface shop is left");
    assertRefused(
        surface,
        ItemSelection.newBuilder()
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.category").setEquals("c3"))
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.colour").setEquals("red"))
            .build(),
        "items.filters[1]: none of the 300 items of surface shop has this attribute");
    assertRefused(
        surface,
        ItemSelection.newBuilder()
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.category").setEquals("c3"))
            .addFilters(FilterConstraint.newBuilder().setAttribute("item.category").setEquals("c4"))
            .build(),
        "items.filters: each holds of some of the 300 items of surface shop, but all of none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ranker(models).rank(surface, input("d", everything())))
        .withMessage("items: given, and surface shop has no items");
  }

  @Test
  void moreCandidatesThanTheFloorCanExploreAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> surface(config(201, 0)))
        .withMessage(
            "retrieval.candidates: 201 (expected: at most 200, exploration_floor /"
                + " min_propensity)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> surface(config(0, 0)))
        .withMessageStartingWith("retrieval.candidates: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> surface(config(10, 1.5)))
        .withMessageStartingWith("retrieval.random_share: 1.5");
  }

  private void assertRefused(Surface surface, ItemSelection items, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ranker.rank(surface, input("d", items)))
        .withMessage(message);
  }

  private static ItemSelection everything() {
    return ItemSelection.getDefaultInstance();
  }

  private List<Action> actions() {
    return catalogue.all().items().stream()
        .map(
            item ->
                Action.newBuilder()
                    .setId(item.getItemId())
                    .addAllNamespaces(item.getAttributesList())
                    .build())
        .toList();
  }

  private static int place(Action action) {
    return Integer.parseInt(action.getId().substring("item-".length()));
  }

  private static Set<String> ids(Decision decision) {
    Set<String> ids = new HashSet<>();
    decision.getActionsList().forEach(action -> ids.add(action.getId()));
    return ids;
  }

  private static List<Namespace> context() {
    return List.of(namespace("user", text("taste", "c1"), number("age", 3)));
  }

  private static RankInput input(String decisionId, ItemSelection items) {
    return new RankInput(
        decisionId, "u", NOW_MILLIS, context(), null, List.of(), false, List.of(), items);
  }

  private static RankInput given(String decisionId, Collection<String> ids) {
    List<Action> actions = ids.stream().map(id -> Action.newBuilder().setId(id).build()).toList();
    return new RankInput(decisionId, "u", NOW_MILLIS, context(), null, actions, false, List.of());
  }

  private static Surface surface(SurfaceConfig.Builder config) {
    return Surface.of(config.build());
  }

  private static SurfaceConfig.Builder config(int candidates, double randomShare) {
    return SurfaceConfig.newBuilder()
        .setName(SURFACE)
        .setLivePolicy("live")
        .setReward(RewardConfig.getDefaultInstance())
        .setRetrieval(
            RetrievalConfig.newBuilder().setCandidates(candidates).setRandomShare(randomShare))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("live")
                .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(ARGUMENTS)));
  }

  /** A model that knows something of tastes and categories. */
  private ServableModel learned(long seed) throws Exception {
    Random random = new Random(seed);
    List<Action> all = new ArrayList<>(actions());
    all.sort(Comparator.comparing(Action::getId));
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int i = 0; i < 400; i++) {
        List<Action> shown = new ArrayList<>();
        for (int j = 0; j < 5; j++) {
          shown.add(all.get(random.nextInt(all.size())));
        }
        int taste = random.nextInt(10);
        int chosen = random.nextInt(5);
        int distance = Math.abs(place(shown.get(chosen)) % 10 - taste);
        learner.learn(
            new Example(
                List.of(namespace("user", text("taste", "c" + taste), number("age", 3))),
                List.of(),
                shown),
            chosen,
            distance * 0.1 + random.nextDouble() * 0.2 - 1,
            0.2);
      }
      return new ServableModel(
          SURFACE,
          "live",
          seed,
          ByteString.copyFrom(learner.modelBytes()),
          ARGUMENTS,
          400,
          NOW_MILLIS - 400,
          0,
          0);
    }
  }
}
