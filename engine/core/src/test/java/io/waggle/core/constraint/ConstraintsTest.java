package io.waggle.core.constraint;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static io.waggle.core.feature.Examples.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Duration;
import io.waggle.core.policy.Prediction;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.ApartConstraint;
import io.waggle.v1.CapConstraint;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.DiversityConstraint;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConstraintsTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final int[] FIRST = {};

  private final List<Action> shop =
      List.of(
          item("tea", "drink", 0, "de", "fr"),
          item("coffee", "drink", 5, "de"),
          item("bread", "food", 3, "fr"),
          item("cake", "food", 9, "de", "fr"));

  @Test
  void aFilterKeepsTheActionsForWhichItsRuleHolds() {
    assertThat(left(filter("category").setEquals("food"))).containsExactly("bread", "cake");
    assertThat(left(filter("category").setNotEquals("food"))).containsExactly("tea", "coffee");
    assertThat(left(filter("stock").setEquals("3"))).containsExactly("bread");
    assertThat(left(filter("stock").setAbove(3))).containsExactly("coffee", "cake");
    assertThat(left(filter("stock").setBelow(5))).containsExactly("tea", "bread");
    assertThat(left(filter("regions").setContainsContext("user.region")))
        .containsExactly("tea", "bread", "cake");
    assertThat(left(filter("regions").setLacksContext("user.region"))).containsExactly("coffee");
    assertThat(left(filter("stock").setAboveContext("user.needs")))
        .containsExactly("coffee", "cake");
    assertThat(left(filter("stock").setBelowContext("user.needs"))).containsExactly("tea");
  }

  @Test
  void anActionWithoutTheAttributeIsExcludedUnlessItIsKeptOrNothingIsAskedOfIt() {
    List<Action> two = List.of(action("bare"), item("tea", "drink", 5, "de"));

    assertThat(left(two, filter("category").setEquals("drink"))).containsExactly("tea");
    assertThat(left(two, filter("stock").setAbove(1))).containsExactly("tea");
    assertThat(left(two, filter("category").setEquals("drink").setKeepMissing(true)))
        .containsExactly("bare", "tea");
    assertThat(left(two, filter("stock").setAbove(1).setKeepMissing(true)))
        .containsExactly("bare", "tea");
    assertThat(left(two, filter("category").setNotEquals("food"))).containsExactly("bare", "tea");
  }

  @Test
  void whereNobodyKnowsTheFeatureAskedForNothingIsExcluded() {
    assertThat(left(filter("regions").setContainsContext("user.nothing"))).hasSize(4);
    assertThat(left(filter("stock").setAboveContext("user.nothing"))).hasSize(4);
    assertThat(left(filter("stock").setBelowContext("user.region"))).hasSize(4);
  }

  @Test
  void whatIsExcludedIsNamedWithTheFirstConstraintThatDidSo() {
    Restriction restriction =
        restrict(
            named("food", filter("category").setEquals("food")),
            named("stocked", filter("stock").setAbove(4)));

    assertThat(restriction.effects())
        .containsExactly(
            ConstraintEffect.newBuilder()
                .setConstraint("food")
                .addExcluded("tea")
                .addExcluded("coffee")
                .build(),
            ConstraintEffect.newBuilder().setConstraint("stocked").addExcluded("bread").build());
  }

  @Test
  void whereEverythingIsExcludedTheConstraintDeclaredLastGivesWay() {
    Restriction restriction =
        restrict(
            named("food", filter("category").setEquals("food")),
            named("drinks", filter("category").setEquals("drink")));

    assertThat(ids(restriction)).containsExactly("bread", "cake");
    assertThat(restriction.effects().get(1).getConstraint()).isEqualTo("drinks");
    assertThat(restriction.effects().get(1).getUnmet()).isEqualTo(2);
  }

  @Test
  void aRequiredFilterNeverGivesWay() {
    Restriction restriction =
        restrict(
            named("food", filter("category").setEquals("food")),
            named("drinks", filter("category").setEquals("drink").setRequired(true)));

    assertThat(ids(restriction)).containsExactly("tea", "coffee");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> restrict(named("toys", filter("category").setEquals("toy").setRequired(true))))
        .withMessage("actions: none is left by the constraints that are required: [toys]");
  }

  @Test
  void whatTheUserTouchedIsExcludedOrMadeLessLikely() {
    Session session = session("tea:click:1", "cake:view:2");

    assertThat(ids(restrictFor(session, seen(SeenConstraint.newBuilder()))))
        .containsExactly("coffee", "bread");
    assertThat(ids(restrictFor(session, seen(SeenConstraint.newBuilder().addInteractions("view")))))
        .containsExactly("tea", "coffee", "bread");
    Restriction penalty = restrictFor(session, seen(SeenConstraint.newBuilder().setFactor(0.5)));
    assertThat(ids(penalty)).hasSize(4);
    assertThat(constrained(penalty, 0.25, 0.25, 0.25, 0.25))
        .containsExactly(1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0);
    assertThat(penalty.effects().get(0).getPenalized()).isEqualTo(2);
  }

  @Test
  void seenIsOfTheSessionOrOfSomeTime() {
    Session session = session("tea:click:100", "cake:click:1");
    SeenConstraint.Builder within =
        SeenConstraint.newBuilder().setWithin(Duration.newBuilder().setSeconds(50 * 60));

    // A pause of 99 minutes: the tea was in another session.
    assertThat(ids(restrictFor(session, seen(SeenConstraint.newBuilder()))))
        .containsExactly("tea", "coffee", "bread");
    assertThat(ids(restrictFor(session, seen(within)))).containsExactly("tea", "coffee", "bread");
    Session over = session("tea:click:45");
    assertThat(ids(restrictFor(over, seen(SeenConstraint.newBuilder())))).hasSize(4);
    assertThat(ids(restrictFor(over, seen(within)))).containsExactly("coffee", "bread", "cake");
    assertThat(ids(restrictFor(null, seen(within)))).hasSize(4);
  }

  @Test
  void aSessionOfMoreItemsThanItListsStillKnowsThem() {
    String[] touched = new String[60];
    for (int i = 0; i < touched.length; i++) {
      touched[i] = (i == 0 ? "tea" : "i" + i) + ":click:" + (10 - i / 10);
    }

    assertThat(ids(restrictFor(session(touched), seen(SeenConstraint.newBuilder()))))
        .containsExactly("coffee", "bread", "cake");
  }

  @Test
  void aPinAtTheFirstPlaceIsCertain() {
    Restriction restriction = restrict(pin("bread", 1));

    assertThat(constrained(restriction, 0.7, 0.1, 0.1, 0.1)).containsExactly(0, 0, 1, 0);
    double[] floored = constrained(restriction, 0.7, 0.1, 0.1, 0.1);
    restriction.factors(FIRST).applyFloor(floored, 0.5);
    assertThat(floored).containsExactly(0, 0, 1, 0);
  }

  @Test
  void aPinBehindTheFirstPlaceIsOutOfThePolicysHands() {
    Restriction restriction = restrict(pin("tea", 3));

    assertThat(ids(restriction)).containsExactly("coffee", "bread", "cake");
    assertThat(restriction.preferred(new int[] {2, 1, 0}))
        .containsExactly("cake", "bread", "tea", "coffee");
    assertThat(restriction.effects())
        .containsExactly(
            ConstraintEffect.newBuilder()
                .setConstraint("pin-tea-3")
                .setPinned("tea")
                .setPinnedPlace(3)
                .build());
  }

  @Test
  void ofSeveralPinsOfAPlaceTheFirstThatCanBeKeptCounts() {
    Restriction restriction = restrict(pin("sold-out", 1), pin("cake", 1), pin("tea", 1));

    assertThat(constrained(restriction, 1, 0, 0, 0)).containsExactly(0, 0, 0, 1);
    assertThat(restriction.effects())
        .extracting(ConstraintEffect::getConstraint, ConstraintEffect::getUnmet)
        .containsExactly(tuple("pin-sold-out-1", 1), tuple("pin-cake-1", 0));
  }

  @Test
  void aPinBehindTheLastPlaceIsNotKept() {
    Restriction restriction = restrict(pin("tea", 5));

    assertThat(ids(restriction)).hasSize(4);
    assertThat(restriction.effects().get(0).getUnmet()).isEqualTo(1);
  }

  @Test
  void aCapLetsOthersPassAmongTheFirstPlaces() {
    Restriction restriction = restrict(cap(1, 2));

    // Tea was drawn, so coffee is kept back at the second place.
    assertThat(shown(restriction, 0, 1, 2, 3)).containsExactly("tea", "bread", "coffee", "cake");
    assertThat(restriction.effects().get(0).getKeptBack()).isEqualTo(1);
  }

  @Test
  void neighboursDiffer() {
    assertThat(shown(restrict(apart(1)), 0, 1, 2, 3))
        .containsExactly("tea", "bread", "coffee", "cake");
  }

  @Test
  void neighboursOfAPinDifferToo() {
    // Cake is pinned second: the third place is for a drink, whatever the order.
    Restriction restriction = restrict(pin("cake", 2), apart(1));

    assertThat(shown(restriction, 0, 2, 1)).containsExactly("tea", "coffee", "bread");
    assertThat(restriction.preferred(new int[] {0, 2, 1}))
        .containsExactly("tea", "cake", "coffee", "bread");
  }

  @Test
  void whatNoActionFitsGivesWayAndIsCounted() {
    Restriction restriction = restrict(cap(1, 4));

    assertThat(shown(restriction, 0, 1, 2, 3)).containsExactly("tea", "bread", "coffee", "cake");
    assertThat(restriction.effects().get(0).getUnmet()).isEqualTo(2);
  }

  @Test
  void theConstraintDeclaredLastGivesWayFirst() {
    List<Action> few = List.of(shop.get(0), shop.get(1), shop.get(2));
    // The second place may hold neither a drink (by the cap) nor what is no drink (by distance 1 of
    // the pinned bread at the third).
    Restriction capFirst = restrict(few, pin("bread", 3), cap(1, 3), apart(1));

    assertThat(shown(capFirst, 0, 1)).containsExactly("tea", "coffee");
    assertThat(capFirst.effects())
        .filteredOn(effect -> effect.getConstraint().equals("cap"))
        .allSatisfy(effect -> assertThat(effect.getUnmet()).isEqualTo(1));
  }

  @Test
  void diversityWeighsThePositionAgainstTheLikeness() {
    ConstraintConfig weak = diversity(0.1);
    ConstraintConfig strong = diversity(0.9);

    // Position 1 of 10 less costs 0.1 of relevance; a shared category costs the weight.
    assertThat(shown(restrict(weak), 0, 1, 2, 3)).containsExactly("tea", "bread", "coffee", "cake");
    assertThat(shown(restrict(diversity(0.05)), 0, 1, 2, 3))
        .containsExactly("tea", "coffee", "bread", "cake");
    assertThat(shown(restrict(strong), 2, 3, 0, 1))
        .containsExactly("bread", "tea", "cake", "coffee");
  }

  @Test
  void slotsAreDrawnFromWhatCapsDistancesAndPinsAllow() {
    Restriction restriction = slots(3, pin("cake", 3), cap(1, 2));

    assertThat(restriction.slots()).isEqualTo(3);
    // Cake is for the third slot.
    assertThat(restriction.factors(FIRST).constrain(uniform()))
        .containsExactly(1 / 3.0, 1 / 3.0, 1 / 3.0, 0);
    // Tea fills the first: no second drink.
    Prediction left = new Prediction(new double[] {0, 0.5, 0.25, 0.25}, new int[] {1, 2, 3});
    assertThat(restriction.factors(new int[] {0}).constrain(left)).containsExactly(0, 0, 1, 0);
    Prediction last = new Prediction(new double[] {0, 0.5, 0, 0.5}, new int[] {1, 3});
    assertThat(restriction.factors(new int[] {0, 2}).constrain(last)).containsExactly(0, 0, 0, 1);
  }

  @Test
  void diversityMakesAlikeActionsLessLikelyForASlot() {
    Restriction restriction = slots(2, diversity(0.5));

    assertThat(restriction.factors(FIRST).logged()).isNull();
    Prediction left = new Prediction(new double[] {0, 0.4, 0.4, 0.2}, new int[] {1, 2, 3});
    assertThat(restriction.factors(new int[] {0}).constrain(left))
        .containsExactly(0, 0.2 / 0.8, 0.4 / 0.8, 0.2 / 0.8);
  }

  @Test
  void slotsThatNothingIsLeftForStayEmpty() {
    Restriction restriction = slots(3, named("food", filter("category").setEquals("food")));

    assertThat(restriction.slots()).isEqualTo(2);
  }

  @Test
  void aPolicyCertainOfWhatCannotBeDrawnIsCertainOfItsNext() {
    Restriction restriction = slots(2, pin("tea", 2));

    double[] probabilities =
        restriction
            .factors(FIRST)
            .constrain(new Prediction(new double[] {1, 0, 0, 0}, new int[] {0, 2, 1, 3}));

    assertThat(probabilities).containsExactly(0, 0, 1, 0);
  }

  private static Prediction uniform() {
    return new Prediction(new double[] {0.25, 0.25, 0.25, 0.25}, new int[] {0, 1, 2, 3});
  }

  private static double[] constrained(Restriction restriction, double... probabilities) {
    return restriction
        .factors(FIRST)
        .constrain(
            new Prediction(probabilities, IntStream.range(0, probabilities.length).toArray()));
  }

  private List<String> left(FilterConstraint.Builder filter) {
    return left(shop, filter);
  }

  private List<String> left(List<Action> actions, FilterConstraint.Builder filter) {
    return ids(restrict(actions, named("filter", filter)));
  }

  private static List<String> ids(Restriction restriction) {
    return restriction.actions().stream().map(Action::getId).toList();
  }

  private static List<String> shown(Restriction restriction, int... order) {
    List<String> ids = new ArrayList<>();
    for (int action : restriction.shown(order, 1)) {
      ids.add(restriction.actions().get(action).getId());
    }
    return ids;
  }

  private Restriction restrict(ConstraintConfig... constraints) {
    return restrict(shop, constraints);
  }

  private Restriction restrict(List<Action> actions, ConstraintConfig... constraints) {
    return restrict(actions, null, 0, constraints);
  }

  private Restriction restrictFor(@Nullable Session session, ConstraintConfig... constraints) {
    return restrict(shop, session, 0, constraints);
  }

  private Restriction slots(int slots, ConstraintConfig... constraints) {
    return restrict(shop, null, slots, constraints);
  }

  private static Restriction restrict(
      List<Action> actions, @Nullable Session session, int slots, ConstraintConfig... constraints) {
    List<Namespace> context = List.of(namespace("user", text("region", "fr"), number("needs", 3)));
    return new Constraints(List.of(constraints))
        .restrict(
            new Situation(
                actions, context, List.of(), session, SessionSettings.DEFAULT, NOW, slots));
  }

  /** Interactions as {@code item:type:minutes ago}, oldest first. */
  private static Session session(String... touched) {
    SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
    Session session = null;
    for (String each : touched) {
      String[] parts = each.split(":", -1);
      session =
          fold.fold(
                  session,
                  Interaction.newBuilder()
                      .setUserId("u")
                      .setItemId(parts[0])
                      .setType(parts[1])
                      .setEventTimeMillis(NOW - Long.parseLong(parts[2]) * MINUTE)
                      .build())
              .session();
    }
    return session == null ? Session.getDefaultInstance() : session;
  }

  private static Action item(String id, String category, double stock, String... regions) {
    return action(
        id,
        namespace(
            "item", text("category", category), number("stock", stock), texts("regions", regions)));
  }

  private static FilterConstraint.Builder filter(String attribute) {
    return FilterConstraint.newBuilder().setAttribute("item." + attribute);
  }

  private static ConstraintConfig named(String name, FilterConstraint.Builder filter) {
    return ConstraintConfig.newBuilder().setName(name).setFilter(filter).build();
  }

  private static ConstraintConfig seen(SeenConstraint.Builder seen) {
    return ConstraintConfig.newBuilder().setName("seen").setSeen(seen).build();
  }

  private static ConstraintConfig pin(String item, int place) {
    return ConstraintConfig.newBuilder()
        .setName("pin-" + item + "-" + place)
        .setPin(PinConstraint.newBuilder().setItem(item).setPlace(place))
        .build();
  }

  private static ConstraintConfig cap(int most, int first) {
    return ConstraintConfig.newBuilder()
        .setName("cap")
        .setCap(
            CapConstraint.newBuilder().setAttribute("item.category").setMost(most).setFirst(first))
        .build();
  }

  private static ConstraintConfig apart(int distance) {
    return ConstraintConfig.newBuilder()
        .setName("apart")
        .setApart(ApartConstraint.newBuilder().setAttribute("item.category").setDistance(distance))
        .build();
  }

  private static ConstraintConfig diversity(double weight) {
    return ConstraintConfig.newBuilder()
        .setName("diversity")
        .setDiversity(
            DiversityConstraint.newBuilder().addAttributes("item.category").setWeight(weight))
        .build();
  }
}
