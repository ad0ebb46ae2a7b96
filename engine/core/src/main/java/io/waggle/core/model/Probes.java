package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Examples that a model must answer with valid probabilities before it serves: one action and
 * several, with shared features and without, with texts and with small, large and negative numbers.
 * Each action line has VW's constant, so a model whose numbers have run away shows it here.
 */
final class Probes {
  private Probes() {}

  /**
   * Asks a policy.
   *
   * @param severalSlots it fills slots only
   * @throws IllegalStateException when it gives no valid probabilities
   */
  static void ask(Policy scorer, boolean severalSlots) {
    for (Example example : List.of(plain(), shared(), wide())) {
      if (severalSlots) {
        Example slots = withSlots(example);
        for (int slot = 0; slot < slots.slots().size(); slot++) {
          scorer.predictSlot(slots, IntStream.range(0, slot).toArray());
        }
      } else {
        scorer.predict(example);
      }
    }
  }

  /** One slot, and a second one where there are actions enough. */
  private static Example withSlots(Example example) {
    Slot first = Slot.newBuilder().setId("first").build();
    Slot second =
        Slot.newBuilder()
            .setId("second")
            .addFeatures(namespace("place", text("size", "small"), number("row", 2)))
            .build();
    return new Example(
        example.context(),
        example.session(),
        example.actions(),
        0,
        example.actions().size() < 2 ? List.of(first) : List.of(first, second));
  }

  /** One action, nothing shared. */
  private static Example plain() {
    return new Example(List.of(), List.of(), List.of(action("only")));
  }

  /** Two actions, one shared number and one shared text. */
  private static Example shared() {
    return new Example(
        List.of(namespace("context", number("number", 0.5), text("text", "a"))),
        List.of(),
        List.of(action("first"), action("second")));
  }

  /** Ten actions with features of their own beside those of a context and a session. */
  private static Example wide() {
    Namespace user = namespace("user", text("device", "phone"), number("age", 41));
    Namespace session = namespace("session", number("views", 1e6), number("minutes", -1e6));
    List<Action> actions =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    action("a" + i).toBuilder()
                        .addNamespaces(
                            namespace("item", number("price", 1e-6 * i), text("kind", "k" + i % 3)))
                        .build())
            .toList();
    return new Example(List.of(user), List.of(session), actions);
  }

  private static Action action(String id) {
    return Action.newBuilder().setId(id).build();
  }

  private static Namespace namespace(String name, Feature... features) {
    return Namespace.newBuilder().setName(name).addAllFeatures(List.of(features)).build();
  }

  private static Feature number(String name, double value) {
    return feature(name, FeatureValue.newBuilder().setNumber(value));
  }

  private static Feature text(String name, String value) {
    return feature(name, FeatureValue.newBuilder().setText(value));
  }

  private static Feature feature(String name, FeatureValue.Builder value) {
    return Feature.newBuilder().setName(name).setValue(value).build();
  }
}
