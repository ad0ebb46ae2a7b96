package io.waggle.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotRulesTest {
  private static final MessageRules RULES = new MessageRules();

  @Test
  void aRequestsSlotsAreUniqueAndNoMoreThanItsActions() {
    assertThat(RULES.check(request(3, "top", "side"))).isEmpty();
    assertThat(RULES.check(request(3, "top", "side", "top")))
        .containsExactly(new Violation("slots[2].id", "unique, but equals slots[0].id"));
    assertThat(RULES.check(request(1, "top", "side")))
        .containsExactly(new Violation("slots", "at most as many as actions: 1, not 2"));
    // The catalogue's actions are not known here.
    assertThat(RULES.check(request(0, "top", "side"))).isEmpty();
  }

  @Test
  void aSlotIsNamedByItsWholePath() {
    assertThat(RULES.check(request(3, "top", "")))
        .extracting(Violation::field)
        .containsExactly("slots[1].id");
    String[] many = IntStream.range(0, 51).mapToObj(i -> "s" + i).toArray(String[]::new);
    assertThat(RULES.check(request(60, many)))
        .extracting(Violation::field)
        .containsExactly("slots");
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0).clearSlot()).build()))
        .extracting(Violation::field)
        .contains("slots[1].slot");
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0)).build()))
        .extracting(Violation::field)
        .containsExactly("slots[1].propensity");
  }

  @Test
  void aDecisionsOrderBeginsWithItsSlotsActions() {
    assertThat(RULES.check(decision().build())).isEmpty();
    assertThat(RULES.check(decision().clearOrder().addAllOrder(List.of(1, 0, 2)).build()))
        .containsExactly(new Violation("order", "to begin with the slots' actions"));
    assertThat(RULES.check(decision().clearOrder().addOrder(1).build()))
        .containsExactly(new Violation("order", "to begin with the slots' actions"));
    assertThat(RULES.check(decision().clearOrder().addAllOrder(List.of(1, 2)).build())).isEmpty();
  }

  @Test
  void anActionFillsOneSlotOnly() {
    Decision twice =
        decision()
            .setSlots(1, slot("side", 1, 0.5, 0.5, 0.0, 0.5))
            .clearOrder()
            .addAllOrder(List.of(1, 1))
            .build();

    assertThat(RULES.check(twice)).contains(new Violation("order[1]", "distinct, but repeats 1"));
    assertThat(RULES.check(decision().setSlots(1, slot("side", 7, 0.5)).build()))
        .containsExactly(new Violation("order", "to begin with the slots' actions"));
    assertThat(RULES.check(decision().setSlots(1, slot("side", -1, 0.5)).setOrder(1, -1).build()))
        .extracting(Violation::field)
        .containsExactly("order[1]");
  }

  @Test
  void aSlotsProbabilitiesAreADistributionOverTheActionsLeft() {
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0.5)).build())).isEmpty();
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0.5, 0.5, 0.25, 0.25)).build()))
        .containsExactly(
            new Violation("slots[1].probabilities[1]", "0, as a slot before has the action"));
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0.5, 0.5, 0.0)).build()))
        .containsExactly(
            new Violation("slots[1].probabilities", "empty or one per action: 3, not 2"));
    assertThat(RULES.check(decision().setSlots(1, slot("side", 2, 0.5, 0.6, 0.0, 0.5)).build()))
        .extracting(Violation::field)
        .containsExactly("slots[1].probabilities");
    assertThat(
            RULES.check(decision().setSlots(1, slot("side", 2, 0.5, Double.NaN, 0.0, 0.5)).build()))
        .containsExactly(
            new Violation("slots[1].probabilities[0]", "finite and at least 0, not NaN"));
  }

  @Test
  void theDecisionsPropensityIsTheFirstSlots() {
    assertThat(RULES.check(decision().setPropensity(0.25).build()))
        .containsExactly(new Violation("propensity", "that of the first slot"));
  }

  private static RankRequest request(int actions, String... slots) {
    return RankRequest.newBuilder()
        .setSurface("front")
        .addAllActions(actions(actions))
        .addAllSlots(
            List.of(slots).stream().map(id -> Slot.newBuilder().setId(id).build()).toList())
        .build();
  }

  /** Slot top with action 1, slot side with action 2. */
  private static Decision.Builder decision() {
    return Decision.newBuilder()
        .setDecisionId("d")
        .setSurface("front")
        .setEventTimeMillis(1)
        .addAllActions(actions(3))
        .addAllOrder(List.of(1, 2, 0))
        .addAllProbabilities(List.of(0.25, 0.5, 0.25))
        .setPropensity(0.5)
        .addSlots(slot("top", 1, 0.5, 0.25, 0.5, 0.25))
        .addSlots(slot("side", 2, 0.5, 0.5, 0.0, 0.5));
  }

  private static SlotDecision.Builder slot(
      String id, int action, double propensity, Double... probabilities) {
    return SlotDecision.newBuilder()
        .setSlot(Slot.newBuilder().setId(id))
        .setAction(action)
        .setPropensity(propensity)
        .addAllProbabilities(List.of(probabilities));
  }

  private static List<Action> actions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Action.newBuilder().setId("action-" + i).build())
        .toList();
  }
}
