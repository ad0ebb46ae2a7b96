package io.waggle.core.parquet;

import io.waggle.core.constraint.Factors;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import io.waggle.v1.SourcePosition;
import io.waggle.v1.TextList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Valid decisions of every shape, drawn from a seed. */
final class RandomDecisions {
  /** Texts that some format somewhere gives a meaning. */
  private static final List<String> TEXTS =
      List.of(
          "a",
          "b",
          "größe",
          "日本語",
          "🐝",
          "e\u0301",
          "|:\\ \"'",
          "{\"x\":[1]}",
          "\u0000\n\t\r",
          "null",
          "1.0",
          " ",
          "\u2028\uFEFF",
          "x".repeat(200));

  private final Random random;

  RandomDecisions(long seed) {
    random = new Random(seed);
  }

  LoggedDecision next(String surface, String id, long timeMillis) {
    int actions = 1 + random.nextInt(6);
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface(surface)
            .setEventTimeMillis(timeMillis)
            .setUserId(random.nextBoolean() ? "" : text())
            .setPolicy(random.nextBoolean() ? "" : "policy-" + random.nextInt(3))
            .setModelVersion(random.nextInt(3) == 0 ? 0 : random.nextLong() >>> 1)
            .setSessionVersion(random.nextInt(10))
            .setSeed(random.nextLong())
            .setDeferred(random.nextBoolean())
            .setPropensity(1 - random.nextDouble())
            .addAllContext(namespaces())
            .addAllSession(namespaces());
    if (random.nextBoolean()) {
      decision.setExplorationFloor(random.nextDouble());
    }
    for (int i = 0; i < actions; i++) {
      decision.addActions(
          Action.newBuilder().setId(text() + i).addAllNamespaces(namespaces()).build());
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < actions; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    JoinedDecision.Builder joined =
        JoinedDecision.newBuilder()
            .setReward(random.nextGaussian())
            .setRewardCount(random.nextInt(3))
            .setRewardTimeMillis(random.nextBoolean() ? 0 : timeMillis + 10);
    int slots = random.nextBoolean() ? 0 : 1 + random.nextInt(actions);
    for (int i = 0; i < slots; i++) {
      decision.addSlots(slot(i, order, actions));
      joined.addSlotRewards(
          SlotReward.newBuilder().setReward(random.nextInt(2)).setRewardCount(random.nextInt(3)));
    }
    if (slots == 0) {
      decision.addAllProbabilities(
          random.nextInt(4) == 0 ? List.of() : distribution(order, 0, actions));
    } else {
      decision
          .addAllProbabilities(decision.getSlots(0).getProbabilitiesList())
          .setPropensity(decision.getSlots(0).getPropensity());
    }
    decision.addAllOrder(order);
    if (random.nextBoolean()) {
      decision.addConstraints(
          ConstraintEffect.newBuilder()
              .setConstraint("stock")
              .addExcluded(text())
              .addExcluded(text())
              .setUnmet(random.nextInt(2)));
      decision.addConstraints(
          ConstraintEffect.newBuilder()
              .setConstraint("hero")
              .setPenalized(random.nextInt(3))
              .setPinned(text())
              .setPinnedPlace(1 + random.nextInt(5))
              .setKeptBack(random.nextInt(3)));
      if (slots == 0) {
        decision.setFactors(factors(actions, order.get(0)));
      }
    }
    if (random.nextBoolean()) {
      decision.setRetrieval(
          ItemRetrieval.newBuilder()
              .setNamed(random.nextInt(3))
              .setKnown(9_000 + random.nextInt(1_000))
              .setFilters(random.nextInt(3))
              .setSelected(100 + random.nextInt(1_000))
              .setKept(actions + random.nextInt(10))
              .setRandom(random.nextInt(3))
              .setRanked(actions));
    }
    if (random.nextBoolean()) {
      decision.setPosition(
          SourcePosition.newBuilder()
              .setTopic("decisions")
              .setPartition(random.nextInt(3))
              .setOffset(random.nextInt(1000)));
    }
    return new LoggedDecision(
        joined.setDecision(decision).build(), random.nextBoolean() ? 1 : 0.25);
  }

  private SlotDecision slot(int index, List<Integer> order, int actions) {
    List<Double> probabilities = distribution(order, index, actions);
    SlotDecision.Builder slot =
        SlotDecision.newBuilder()
            .setSlot(Slot.newBuilder().setId(text() + index).addAllFeatures(namespaces()))
            .setAction(order.get(index))
            .setPropensity(probabilities.get(order.get(index)))
            .addAllProbabilities(probabilities);
    return random.nextBoolean()
        ? slot.build()
        : slot.setFactors(factors(actions, order.get(index))).build();
  }

  private ActionFactors factors(int actions, int chosen) {
    double[] factors = new double[actions];
    for (int i = 0; i < actions; i++) {
      factors[i] = random.nextInt(3) / 2.0;
    }
    factors[chosen] = 0.1;
    return Factors.logged(factors);
  }

  /** Over the actions that the slots before left. */
  private List<Double> distribution(List<Integer> order, int taken, int actions) {
    double[] weights = new double[actions];
    double sum = 0;
    for (int i = taken; i < actions; i++) {
      weights[order.get(i)] = 0.01 + random.nextDouble();
      sum += weights[order.get(i)];
    }
    List<Double> probabilities = new ArrayList<>();
    for (double weight : weights) {
      probabilities.add(weight / sum);
    }
    return probabilities;
  }

  /** Few names, so that they repeat. */
  List<Namespace> namespaces() {
    List<Namespace> namespaces = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Namespace.Builder namespace =
          Namespace.newBuilder().setName(List.of("user", "u2", "Item").get(random.nextInt(3)));
      for (int j = random.nextInt(5); j > 0; j--) {
        namespace.addFeatures(Feature.newBuilder().setName(text()).setValue(value()));
      }
      namespaces.add(namespace.build());
    }
    return namespaces;
  }

  private FeatureValue value() {
    FeatureValue.Builder value = FeatureValue.newBuilder();
    switch (random.nextInt(6)) {
      case 0 -> value.setNumber(random.nextInt(10));
      case 1 -> value.setNumber((random.nextDouble() - 0.5) * 2e6);
      case 2 -> value.setNumber(random.nextBoolean() ? -0.0 : Double.MIN_VALUE);
      case 3 -> value.setText(random.nextBoolean() ? "" : text());
      case 4 -> value.setTexts(TextList.newBuilder());
      default -> value.setTexts(TextList.newBuilder().addValues(text()).addValues(text()));
    }
    return value.build();
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
