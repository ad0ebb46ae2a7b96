package io.waggle.benchmarks.jmh;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded input of realistic shape for every benchmark: same seed, same bytes. */
public final class Workload {
  /** Every user-by-action and session-by-action pair crossed. */
  public static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.1 --cb_type mtr -q ua -q sa";

  public static final String SURFACE = "bench";
  private static final long START_MILLIS = 1_700_000_000_000L;

  private final Random random;

  public Workload(long seed) {
    random = new Random(seed);
  }

  /** A decision with 8 user features, 12 session features and {@code features} per action. */
  public Decision decision(int actions, int features) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId("d" + random.nextLong())
            .setSurface(SURFACE)
            .setUserId("u" + random.nextInt(2000))
            .setEventTimeMillis(START_MILLIS)
            .addContext(namespace("user", 8))
            .addSession(namespace("session", 12))
            .setPropensity(1.0 / actions)
            .setPolicy("learner");
    int chosen = random.nextInt(actions);
    decision.addOrder(chosen);
    for (int action = 0; action < actions; action++) {
      decision.addActions(action(action, features));
      decision.addProbabilities(1.0 / actions);
      if (action != chosen) {
        decision.addOrder(action);
      }
    }
    return decision.build();
  }

  /** Actions with the given number of features each, half of them texts. */
  public List<Action> actions(int actions, int features) {
    List<Action> all = new ArrayList<>(actions);
    for (int action = 0; action < actions; action++) {
      all.add(action(action, features));
    }
    return all;
  }

  /** A namespace of features, half of them texts. */
  public Namespace namespace(String name, int features) {
    Namespace.Builder namespace = Namespace.newBuilder().setName(name);
    for (int feature = 0; feature < features; feature++) {
      FeatureValue.Builder value = FeatureValue.newBuilder();
      if (feature % 2 == 0) {
        value.setText("v" + random.nextInt(20));
      } else {
        value.setNumber(random.nextInt(1000) / 1000.0);
      }
      namespace.addFeatures(Feature.newBuilder().setName("f" + feature).setValue(value));
    }
    return namespace.build();
  }

  /**
   * The {@code index}-th interaction of a user who clicks through 20 categories, a second apart.
   */
  public Interaction interaction(int index) {
    return Interaction.newBuilder()
        .setInteractionId("i" + index)
        .setSurface(SURFACE)
        .setUserId("u1")
        .setType(index % 3 == 0 ? "click" : "view")
        .setItemId("a" + random.nextInt(1000))
        .setCategory("c" + random.nextInt(20))
        .setEventTimeMillis(START_MILLIS + index * 1000L)
        .build();
  }

  /** A reward of 1 for a decision, a second after it. */
  public static Reward reward(Decision decision) {
    return Reward.newBuilder()
        .setRewardId("r-" + decision.getDecisionId())
        .setDecisionId(decision.getDecisionId())
        .setSurface(SURFACE)
        .setEventTimeMillis(decision.getEventTimeMillis() + 1000)
        .setValue(1)
        .build();
  }

  private Action action(int index, int features) {
    return Action.newBuilder()
        .setId("a" + index)
        .addNamespaces(namespace("action", features))
        .build();
  }
}
