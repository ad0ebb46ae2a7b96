package io.waggle.state.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.SharedAction;
import io.waggle.v1.SharedActions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ActionStoreTest {
  private final ActionStore store = new ActionStore(100, 1 << 20);

  @Test
  void decisionComesBackAsItWasAndItsActionsAreKeptOnce() {
    Decision first = decision(action("a", 1), action("b", 2));
    Decision second = decision(action("b", 2), action("c", 3), action("a", 1));

    PendingDecision one = put(store, first, 100);
    PendingDecision two = put(store, second, 100);

    assertThat(one.getDecision().getActionsCount()).isZero();
    assertThat(store.size()).isEqualTo(3);
    assertThat(store.decision(one)).isEqualTo(first);
    assertThat(store.decision(two)).isEqualTo(second);
  }

  @Test
  void sameIdWithOtherFeaturesIsAnotherAction() {
    PendingDecision one = put(store, decision(action("a", 1)), 100);
    PendingDecision two = put(store, decision(action("a", 2)), 100);

    assertThat(store.decision(one).getActions(0)).isEqualTo(action("a", 1));
    assertThat(store.decision(two).getActions(0)).isEqualTo(action("a", 2));
  }

  @Test
  void beyondTheBoundActionsStayInTheirDecisions() {
    ActionStore small = new ActionStore(2, 1 << 20);
    Decision decision = decision(action("a", 1), action("b", 2), action("c", 3), action("a", 1));

    PendingDecision pending = put(small, decision, 100);

    assertThat(small.size()).isEqualTo(2);
    assertThat(pending.getDecision().getActionsList()).containsExactly(action("c", 3));
    assertThat(small.decision(pending)).isEqualTo(decision);
    assertThat(put(new ActionStore(10, 5), decision, 100).getDecision()).isEqualTo(decision);
    assertThat(put(ActionStore.none(), decision, 100).getDecision()).isEqualTo(decision);
  }

  @Test
  void actionLeavesWhenTheLastWindowThatNeedsItIsOver() {
    put(store, decision(action("a", 1)), 100);
    put(store, decision(action("a", 1), action("b", 2)), 200);
    put(store, decision(action("b", 2)), 150);

    store.reached(200);
    assertThat(store.save().getActionsCount()).isEqualTo(2);

    store.reached(201);
    assertThat(store.save().getActionsCount()).isZero();
    assertThat(store.bytes()).isZero();
  }

  @Test
  void roomOfWhatIsOverIsTakenAtTheBound() {
    ActionStore small = new ActionStore(1, 1 << 20);
    put(small, decision(action("a", 1)), 100);
    small.reached(101);

    assertThat(put(small, decision(action("b", 1)), 300).getDecision().getActionsCount()).isZero();
  }

  @Test
  void decisionThatCameAfterItsWindowKeepsItsActionsUntilItIsClosed() {
    store.reached(1_000);
    PendingDecision late = put(store, decision(action("a", 1)), 100);
    store.save();

    assertThat(store.decision(late).getActions(0)).isEqualTo(action("a", 1));
    store.reached(1_002);
    assertThat(store.save().getActionsCount()).isZero();
  }

  @Test
  void anySubtaskFindsWhatAnyOtherSaved() {
    Decision decision = decision(action("a", 1), action("b", 2));
    PendingDecision pending = put(store, decision, 100);
    ActionStore other = new ActionStore(100, 1 << 20);
    put(other, decision(action("b", 2), action("c", 3)), 300);
    ActionStore restored = new ActionStore(1, 1 << 20);

    restored.add(store.save());
    restored.add(other.save());

    assertThat(restored.decision(pending)).isEqualTo(decision);
    assertThat(restored.size()).isEqualTo(3);
    restored.reached(200);
    assertThat(restored.save().getActionsList())
        .extracting(each -> each.getAction().getId())
        .containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void twoActionsWithOneReferenceAreNotMixedUp() {
    PendingDecision pending = put(store, decision(action("a", 1)), 100);
    SharedActions forged =
        SharedActions.newBuilder()
            .addActions(
                SharedAction.newBuilder()
                    .setReference(pending.getActionReferences(0))
                    .setAction(action("b", 2))
                    .setNeededUntilMillis(100))
            .build();
    ActionStore forgedStore = new ActionStore(100, 1 << 20);
    forgedStore.add(forged);

    Decision decision = decision(action("a", 1));
    assertThat(forgedStore.decision(put(forgedStore, decision, 100))).isEqualTo(decision);
    assertThatThrownBy(() -> store.add(forged)).isInstanceOf(IllegalStateException.class);
  }

  /** 2,000 waiting decisions among 50 of 1,000 actions with 20 features each. */
  @Test
  void waitingDecisionsOfACatalogueTakeAFractionOfTheirBytes() {
    Random random = new Random(7);
    List<Action> catalogue = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      catalogue.add(wide("article-" + i, random));
    }
    ActionStore shared = new ActionStore(20_000, 8 << 20);
    long before = 0;
    long after = 0;
    long dropped = 0;
    for (int i = 0; i < 2_000; i++) {
      Collections.shuffle(catalogue, random);
      Decision decision = realistic(i, catalogue.subList(0, 50), random);
      before += put(ActionStore.none(), decision, 100).getSerializedSize();
      after += put(shared, decision, 100).getSerializedSize();
      Decision slim = Decisions.withoutFeatures(decision);
      dropped += PendingDecision.newBuilder().setDecision(slim).build().getSerializedSize();
    }
    long withStore = after + shared.save().getSerializedSize();

    System.out.printf(
        Locale.ROOT,
        "bytes per waiting decision: %d inline, %d by reference, %d with the store's share,"
            + " %d once its features were dropped; %d actions of %d bytes in all%n",
        before / 2_000,
        after / 2_000,
        withStore / 2_000,
        dropped / 2_000,
        shared.size(),
        shared.bytes());
    assertThat(shared.size()).isEqualTo(1_000);
    assertThat((double) before / withStore).isGreaterThan(8);
  }

  private static Decision realistic(int index, List<Action> actions, Random random) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId("decision-0000-" + index)
            .setSurface("front-page")
            .setUserId("user-" + random.nextInt(10_000))
            .setEventTimeMillis(1_700_000_000_000L + index)
            .addContext(namespace("user", 8, random))
            .addSession(namespace("session", 12, random))
            .setPropensity(0.02)
            .setPolicy("session-aware")
            .setModelVersion(1_700_000_000_000L)
            .setSeed(random.nextLong());
    for (int i = 0; i < actions.size(); i++) {
      decision.addActions(actions.get(i)).addOrder(i).addProbabilities(random.nextDouble());
    }
    return decision.build();
  }

  private static Action wide(String id, Random random) {
    return Action.newBuilder().setId(id).addNamespaces(namespace("article", 20, random)).build();
  }

  private static Namespace namespace(String name, int features, Random random) {
    Namespace.Builder namespace = Namespace.newBuilder().setName(name);
    for (int i = 0; i < features; i++) {
      FeatureValue.Builder value = FeatureValue.newBuilder();
      if (i % 2 == 0) {
        value.setText("v" + random.nextInt(20));
      } else {
        value.setNumber(random.nextDouble());
      }
      namespace.addFeatures(Feature.newBuilder().setName("f" + i).setValue(value));
    }
    return namespace.build();
  }

  private static PendingDecision put(ActionStore store, Decision decision, long closesMillis) {
    PendingDecision.Builder pending = PendingDecision.newBuilder();
    store.put(pending, decision, closesMillis);
    return pending.build();
  }

  private static Decision decision(Action... actions) {
    return Decision.newBuilder().setDecisionId("d").addAllActions(List.of(actions)).build();
  }

  private static Action action(String id, double price) {
    return Action.newBuilder()
        .setId(id)
        .addNamespaces(
            Namespace.newBuilder()
                .setName("item")
                .addFeatures(
                    Feature.newBuilder()
                        .setName("price")
                        .setValue(FeatureValue.newBuilder().setNumber(price))))
        .build();
  }
}
