package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.model.ServingModels;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ApartConstraint;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.CapConstraint;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import io.waggle.v1.DiversityConstraint;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.RankedSlot;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.UniformPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every answer, whatever the constraints. */
class ConstrainedRankingTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final double FLOOR = 0.1;
  private static final int RANKINGS = 300;

  private final Ranker ranker = new Ranker(new ServingModels());

  private SplittableRandom random = new SplittableRandom(0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void constraintsHoldInEveryRankingUnlessTheySayThatTheyDoNot(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < RANKINGS; i++) {
      Surface surface = surface(false);
      RankInput input = input(0);

      Ranker.Ranked ranked = ranker.rank(surface, input);

      Decision decision = ranked.decision();
      List<String> shown =
          ranked.response().getRankingList().stream().map(RankedAction::getActionId).toList();
      everyActionIsShownOnceOrExcluded(decision, input, shown);
      distributionIsOfWhatCouldBeDrawn(
          decision.getProbabilitiesList(), decision.getPropensity(), decision.getOrder(0));
      assertThat(ranked.response().getChosenActionId()).isEqualTo(shown.get(0));
      assertThat(ranked.preferred().get()).containsExactlyInAnyOrderElementsOf(shown);
      constraintsHold(surface, decision, input, shown);
      assertThat(new MessageRules().check(decision)).isEmpty();
      assertThat(ranker.rank(surface, input).decision().toByteString())
          .isEqualTo(decision.toByteString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void constraintsHoldInEverySlot(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < RANKINGS; i++) {
      Surface surface = surface(true);
      RankInput input = input(1 + random.nextInt(5));

      Ranker.Ranked ranked = ranker.rank(surface, input);

      Decision decision = ranked.decision();
      RankResponse response = ranked.response();
      List<String> shown = response.getSlotsList().stream().map(RankedSlot::getActionId).toList();
      assertThat(shown).hasSize(Math.min(input.slots().size(), decision.getActionsCount()));
      everyActionIsShownOnceOrExcluded(
          decision,
          input,
          response.getRankingList().stream().map(RankedAction::getActionId).toList());
      for (SlotDecision slot : decision.getSlotsList()) {
        distributionIsOfWhatCouldBeDrawn(
            slot.getProbabilitiesList(), slot.getPropensity(), slot.getAction());
      }
      constraintsHold(surface, decision, input, shown);
      assertThat(new MessageRules().check(decision)).isEmpty();
      assertThat(ranker.rank(surface, input).decision().toByteString())
          .isEqualTo(decision.toByteString());
    }
  }

  private static void everyActionIsShownOnceOrExcluded(
      Decision decision, RankInput input, List<String> shown) {
    List<String> all = new ArrayList<>(shown);
    decision.getConstraintsList().forEach(effect -> all.addAll(effect.getExcludedList()));
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(input.actions().stream().map(Action::getId).toList());
    assertThat(shown).isNotEmpty();
  }

  private static void distributionIsOfWhatCouldBeDrawn(
      List<Double> probabilities, double propensity, int chosen) {
    assertThat(probabilities.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-12));
    assertThat(propensity).isEqualTo(probabilities.get(chosen)).isPositive();
    long possible = probabilities.stream().filter(p -> p > 0).count();
    assertThat(probabilities).allMatch(p -> p == 0 || p >= FLOOR / possible * (1 - 1e-9));
  }

  private static void constraintsHold(
      Surface surface, Decision decision, RankInput input, List<String> shown) {
    Map<String, ConstraintEffect> effects = new HashMap<>();
    decision.getConstraintsList().forEach(each -> effects.put(each.getConstraint(), each));
    for (ConstraintConfig constraint : surface.config().getConstraintsList()) {
      ConstraintEffect effect =
          effects.getOrDefault(constraint.getName(), ConstraintEffect.getDefaultInstance());
      if (effect.getUnmet() > 0) {
        continue;
      }
      switch (constraint.getKindCase()) {
        case FILTER ->
            assertThat(shown).allMatch(id -> stock(input, id) > constraint.getFilter().getAbove());
        case SEEN -> {
          if (!constraint.getSeen().hasFactor()) {
            assertThat(shown).noneMatch(seen(input)::contains);
          }
        }
        case PIN -> {
          int place = constraint.getPin().getPlace() - 1;
          if (!effect.getPinned().isEmpty()) {
            assertThat(shown.get(place)).isEqualTo(constraint.getPin().getItem());
          } else {
            // Another pin has its place.
            assertThat(effects.values())
                .anyMatch(other -> other.getPinnedPlace() == constraint.getPin().getPlace());
          }
        }
        case CAP -> {
          Map<String, Integer> counts = new HashMap<>();
          for (int i = 0; i < Math.min(shown.size(), constraint.getCap().getFirst()); i++) {
            counts.merge(category(input, shown.get(i)), 1, Integer::sum);
          }
          assertThat(counts.values()).allMatch(count -> count <= constraint.getCap().getMost());
        }
        case APART -> {
          int first = Math.min(shown.size(), constraint.getApart().getFirst());
          for (int i = 0; i < first; i++) {
            for (int j = i + 1; j < first && j - i <= constraint.getApart().getDistance(); j++) {
              assertThat(category(input, shown.get(i))).isNotEqualTo(category(input, shown.get(j)));
            }
          }
        }
        case DIVERSITY, KIND_NOT_SET -> {}
      }
    }
  }

  private static double stock(RankInput input, String id) {
    return find(input, id).getNamespaces(0).getFeatures(1).getValue().getNumber();
  }

  private static String category(RankInput input, String id) {
    return find(input, id).getNamespaces(0).getFeatures(0).getValue().getText();
  }

  private static Action find(RankInput input, String id) {
    return input.actions().stream().filter(each -> each.getId().equals(id)).findAny().orElseThrow();
  }

  private static List<String> seen(RankInput input) {
    Session session = input.session();
    return session == null
        ? List.of()
        : session.getRecentItemsList().stream().map(SessionItem::getItemId).toList();
  }

  /** One to fourteen actions, of whom some may be pinned, out of stock, or seen. */
  private RankInput input(int slots) {
    int count = Math.max(slots, 1 + random.nextInt(14));
    List<Action> actions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      actions.add(
          action(
              "a" + i,
              namespace(
                  "item",
                  text("category", "c" + random.nextInt(4)),
                  number("stock", random.nextInt(4)))));
    }
    Session.Builder session =
        Session.newBuilder().setUserId("u").setVersion(1).setLastMillis(NOW - 1000);
    for (int i = random.nextInt(6); i > 0; i--) {
      session.addRecentItems(
          SessionItem.newBuilder()
              .setItemId("a" + random.nextInt(14))
              .setType("click")
              .setTimeMillis(NOW - 1000));
    }
    return new RankInput(
        "d" + random.nextLong(),
        "u",
        NOW,
        List.of(),
        random.nextInt(4) == 0 ? null : session.build(),
        actions,
        false,
        IntStream.range(0, slots)
            .mapToObj(slot -> Slot.newBuilder().setId("s" + slot).build())
            .toList());
  }

  private Surface surface(boolean slots) {
    SurfaceConfig.Builder surface =
        SurfaceConfig.newBuilder()
            .setName("front")
            .setExplorationFloor(FLOOR)
            .setMultiSlot(slots)
            .setReward(RewardConfig.getDefaultInstance())
            .addPolicies(policy("uniform").setUniform(UniformPolicy.getDefaultInstance()))
            .addPolicies(policy("baseline").setBaseline(BaselinePolicy.getDefaultInstance()))
            .addPolicies(policy("table").setTable(table()))
            .setLivePolicy(List.of("uniform", "baseline", "table").get(random.nextInt(3)));
    int constraints = 1 + random.nextInt(6);
    boolean diverse = false;
    List<Integer> pinned = new ArrayList<>();
    for (int i = 0; i < constraints; i++) {
      ConstraintConfig.Builder constraint = ConstraintConfig.newBuilder().setName("c" + i);
      switch (random.nextInt(diverse ? 6 : 7)) {
        case 0 ->
            constraint.setFilter(
                FilterConstraint.newBuilder()
                    .setAttribute("item.stock")
                    .setAbove(random.nextInt(4) - 0.5));
        case 1 -> constraint.setSeen(SeenConstraint.getDefaultInstance());
        case 2 -> constraint.setSeen(SeenConstraint.newBuilder().setFactor(0.25));
        case 3 -> {
          int item = random.nextInt(14);
          while (pinned.contains(item)) {
            item = random.nextInt(14);
          }
          pinned.add(item);
          constraint.setPin(
              PinConstraint.newBuilder().setItem("a" + item).setPlace(1 + random.nextInt(5)));
        }
        case 4 ->
            constraint.setCap(
                CapConstraint.newBuilder()
                    .setAttribute("item.category")
                    .setMost(1 + random.nextInt(3))
                    .setFirst(1 + random.nextInt(8)));
        case 5 ->
            constraint.setApart(
                ApartConstraint.newBuilder()
                    .setAttribute("item.category")
                    .setDistance(1 + random.nextInt(2))
                    .setFirst(1 + random.nextInt(8)));
        default -> {
          diverse = true;
          constraint.setDiversity(
              DiversityConstraint.newBuilder().addAttributes("item.category").setWeight(0.4));
        }
      }
      surface.addConstraints(constraint);
    }
    return Surface.of(surface.build());
  }

  private TablePolicy table() {
    TablePolicy.Builder table = TablePolicy.newBuilder();
    for (int i = 0; i < 14; i++) {
      table.addRows(
          TableRow.newBuilder()
              .setActionId("a" + i)
              .setProbability(random.nextInt(3) == 0 ? 0 : random.nextDouble() / 14));
    }
    return table.build();
  }

  private static PolicyConfig.Builder policy(String name) {
    return PolicyConfig.newBuilder().setName(name);
  }
}
