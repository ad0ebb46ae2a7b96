package io.waggle.core.log;

import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Valid joined decisions at random, made of what dsjson can say. */
public final class RandomDecisions {
  private static final String[] PIECES = {
    "a", "b", "7", " ", "\n", "|", ":", "%25", "%5F", "_", "é", "日本", "\uD83D\uDC1D", "\"", "\\"
  };

  private final Random random;
  private final boolean toldApart;

  RandomDecisions(long seed) {
    this(seed, false);
  }

  /**
   * @param toldApart true: only features that VW tells apart in dsjson, where it joins name and
   *     value to one word, takes its own syntax in values for an underscore and does not see white
   *     space at a word's ends
   */
  public RandomDecisions(long seed, boolean toldApart) {
    random = new Random(seed);
    this.toldApart = toldApart;
  }

  public LoggedDecision single() {
    int actions = 1 + random.nextInt(4);
    Decision.Builder decision = decision(actions);
    List<Integer> order = shuffled(actions);
    List<Double> probabilities = distribution(order);
    decision
        .addAllOrder(order)
        .setPropensity(probabilities.get(order.get(0)))
        .setDeferred(random.nextBoolean());
    if (actions == 1 || random.nextInt(4) > 0) {
      decision.addAllProbabilities(probabilities);
    } else {
      decision.clearOrder().addOrder(order.get(0));
    }
    boolean rewarded = random.nextBoolean();
    return new LoggedDecision(
        JoinedDecision.newBuilder()
            .setDecision(decision)
            .setReward(reward())
            .setRewardCount(rewarded ? 1 : 0)
            .build(),
        random.nextBoolean() ? 1 : 0.25);
  }

  public LoggedDecision slots() {
    int actions = 2 + random.nextInt(3);
    int slots = 1 + random.nextInt(actions);
    Decision.Builder decision = decision(actions);
    JoinedDecision.Builder joined = JoinedDecision.newBuilder();
    List<Integer> left = shuffled(actions);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < slots; i++) {
      Double[] probabilities = new Double[actions];
      Arrays.fill(probabilities, 0.0);
      List<Double> some = distribution(left);
      left.forEach(action -> probabilities[action] = some.get(action));
      int action = left.remove(0);
      decision
          .addOrder(action)
          .addSlots(
              SlotDecision.newBuilder()
                  .setSlot(
                      Slot.newBuilder()
                          .setId("slot " + i)
                          .addAllFeatures(namespaces(random.nextInt(3))))
                  .setAction(action)
                  .setPropensity(probabilities[action])
                  .addAllProbabilities(List.of(probabilities)));
      int rewards = random.nextInt(2);
      double reward = reward();
      joined.addSlotRewards(SlotReward.newBuilder().setReward(reward).setRewardCount(rewards));
      sum += reward;
      count += rewards;
    }
    decision
        .setPropensity(decision.getSlots(0).getPropensity())
        .addAllProbabilities(decision.getSlots(0).getProbabilitiesList());
    return new LoggedDecision(
        joined.setDecision(decision).setReward(sum / slots).setRewardCount(count).build());
  }

  private Decision.Builder decision(int actions) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId("id " + random.nextInt(1000))
            .setSurface("shop")
            .setEventTimeMillis(1 + random.nextInt(1_000_000))
            .setPolicy(random.nextBoolean() ? "" : "policy")
            .addAllContext(namespaces(random.nextInt(3)));
    if (!decision.getPolicy().isEmpty()) {
      decision.setModelVersion(random.nextInt(3));
    }
    for (int i = 0; i < actions; i++) {
      decision.addActions(
          Action.newBuilder()
              .setId(value(i + piece()))
              .addAllNamespaces(namespaces(random.nextInt(3))));
    }
    return decision;
  }

  private List<Namespace> namespaces(int count) {
    List<String> names = new ArrayList<>(List.of("user", "Geo", "action", "z", "x_1"));
    Collections.shuffle(names, random);
    return names.subList(0, count).stream()
        // Namespace action is written first, as ids are in it.
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .map(name -> Namespace.newBuilder().setName(name).addAllFeatures(features()).build())
        .toList();
  }

  private List<Feature> features() {
    return IntStream.rangeClosed(0, random.nextInt(3))
        .mapToObj(
            i ->
                random.nextBoolean()
                    ? text(name("t"), value(piece() + piece()))
                    : number(name("n"), 1 + random.nextInt(5) / 4.0))
        .toList();
  }

  private String name(String kind) {
    String name = random.nextBoolean() ? "k" : piece() + piece();
    return toldApart ? kind + name + "." : name;
  }

  private String value(String value) {
    return toldApart ? value.replaceAll("[|:_]", " ") + "." : value;
  }

  private String piece() {
    return PIECES[random.nextInt(PIECES.length)];
  }

  private double reward() {
    return random.nextInt(5) / 4.0;
  }

  private List<Integer> shuffled(int actions) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, actions).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  /** By action; of actions that are not among these nothing is meant. */
  private List<Double> distribution(List<Integer> actions) {
    int most = Collections.max(actions) + 1;
    Double[] probabilities = new Double[most];
    Arrays.fill(probabilities, 0.0);
    // Halves, quarters, ...: they sum to exactly 1.
    double rest = 1;
    for (int i = 0; i < actions.size(); i++) {
      double probability = i == actions.size() - 1 ? rest : rest / 2;
      probabilities[actions.get(i)] = probability;
      rest -= probability;
    }
    return List.of(probabilities);
  }
}
