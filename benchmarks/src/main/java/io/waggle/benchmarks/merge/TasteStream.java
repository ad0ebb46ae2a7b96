package io.waggle.benchmarks.merge;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A seeded stream of decisions logged by a uniform policy: users with tastes of their own, ten
 * items, a reward of 0 or 1. The tastes are known, so the value of any distribution over the items
 * is too. Any thread, once made.
 */
final class TasteStream {
  static final int ITEMS = 10;

  private final double[][] tastes;
  private final List<Event> events = new ArrayList<>();

  /** A decision: who, which item, whether it was rewarded. */
  record Event(int user, Example example, int chosen, double reward) {}

  TasteStream(long seed, int users, int count) {
    Random random = new Random(seed);
    tastes = new double[users][ITEMS];
    for (double[] taste : tastes) {
      Arrays.setAll(
          taste, item -> 0.05 + random.nextDouble() * (random.nextInt(5) == 0 ? 0.4 : 0.1));
    }
    List<Action> items = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      items.add(Action.newBuilder().setId("item" + item).build());
    }
    for (int i = 0; i < count; i++) {
      int user = random.nextInt(users);
      int chosen = random.nextInt(ITEMS);
      double reward = random.nextDouble() < tastes[user][chosen] ? 1 : 0;
      events.add(
          new Event(user, new Example(List.of(context(user)), List.of(), items), chosen, reward));
    }
  }

  List<Event> events() {
    return events;
  }

  /** Mean reward of a distribution over the items. */
  double value(int user, double[] probabilities) {
    double value = 0;
    for (int item = 0; item < ITEMS; item++) {
      value += probabilities[item] * tastes[user][item];
    }
    return value;
  }

  /** Mean reward of whoever knows every taste. */
  double best() {
    return Arrays.stream(tastes)
        .mapToDouble(taste -> Arrays.stream(taste).max().orElseThrow())
        .average()
        .orElseThrow();
  }

  private static Namespace context(int user) {
    return Namespace.newBuilder()
        .setName("context")
        .addFeatures(
            Feature.newBuilder()
                .setName("user")
                .setValue(FeatureValue.newBuilder().setText("u" + user)))
        .build();
  }
}
