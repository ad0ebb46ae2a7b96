package io.waggle.core.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a dsjson line says was chosen, with what probability and at what cost. Pure. */
final class DsjsonLabels {
  /** How far two probabilities of 32 bits, written in decimals, may differ, relative. */
  private static final double SAME = 1e-4;

  /** How far from 1 probabilities of 32 bits may sum before they are no distribution. */
  private static final double SUM_SLACK = 1e-3;

  /** What a sum may miss without being scaled: less than the rules of a decision allow. */
  private static final double SUM_EXACT = 5e-7;

  private DsjsonLabels() {}

  /** Completes a decision for one action. */
  static JoinedDecision single(
      Decision.Builder decision, DsjsonLog.Line line, DsjsonObservations observations)
      throws UnusableLineException {
    if (!line.has("_label_cost") && !line.has("_label_probability")) {
      throw UnusableLineException.passedOver("no label");
    }
    double cost = number("_label_cost", line.get("_label_cost"));
    int actions = decision.getActionsCount();
    // Some write numbers from 1, some indices from 0; no list of numbers has a 0.
    List<Integer> order = indices("a", line.get("a"));
    int base = order.contains(0) ? 0 : 1;
    order.replaceAll(number -> number - base);
    requireActions("a", order, actions);
    int chosen = order.get(0);
    requireSame("_labelIndex", line.get("_labelIndex"), chosen);
    requireSame("_label_Action", line.get("_label_Action"), chosen + 1);
    List<Double> listed = probabilities("p", line.get("p"), order.size());
    double propensity = propensity(line.get("_label_probability"), listed);
    decision
        .addAllOrder(order)
        .addAllProbabilities(distribution("p", order, listed, actions))
        .setPropensity(propensity);
    int rewards = observations.known() ? observations.rewards() : rewards(cost);
    return JoinedDecision.newBuilder()
        .setDecision(decision)
        .setReward(0 - cost)
        .setRewardCount(rewards)
        .build();
  }

  /** Completes a decision for several slots. */
  static JoinedDecision slots(Decision.Builder decision, DsjsonLog.Line line, DsjsonContext context)
      throws UnusableLineException {
    JsonNode outcomes = line.get("_outcomes");
    List<Slot> slots = context.slots();
    if (slots.isEmpty() || outcomes.size() != slots.size()) {
      throw UnusableLineException.bad("_outcomes: expected one for each of c._slots");
    }
    JoinedDecision.Builder joined = JoinedDecision.newBuilder();
    double sum = 0;
    int rewards = 0;
    for (int i = 0; i < slots.size(); i++) {
      JsonNode outcome = outcomes.get(i);
      SlotDecision slot =
          slot(slots.get(i), outcome, decision.getActionsCount(), context.included(i));
      decision.addSlots(slot).addOrder(slot.getAction());
      double cost = number("_outcomes._label_cost", outcome.path("_label_cost"));
      DsjsonObservations observations = DsjsonObservations.of(outcome.path("_o"));
      int slotRewards = observations.known() ? observations.rewards() : rewards(cost);
      joined.addSlotRewards(
          SlotReward.newBuilder().setReward(0 - cost).setRewardCount(slotRewards));
      sum += 0 - cost;
      rewards += slotRewards;
    }
    SlotDecision first = decision.getSlots(0);
    decision.setPropensity(first.getPropensity()).addAllProbabilities(first.getProbabilitiesList());
    return joined
        .setDecision(decision)
        .setReward(sum / slots.size())
        .setRewardCount(rewards)
        .build();
  }

  private static SlotDecision slot(
      Slot slot, JsonNode outcome, int actions, @Nullable List<Integer> included)
      throws UnusableLineException {
    JsonNode id = outcome.path("_id");
    if (!id.isMissingNode() && !id.asText().equals(slot.getId())) {
      throw UnusableLineException.bad("_outcomes._id: expected that of its slot");
    }
    List<Integer> order = indices("_outcomes._a", outcome.path("_a"));
    requireActions("_outcomes._a", order, actions);
    int chosen = order.get(0);
    if (included != null && !included.isEmpty() && !included.contains(chosen)) {
      throw UnusableLineException.bad("_outcomes._a: expected one of the slot's _inc first");
    }
    List<Double> listed = probabilities("_outcomes._p", outcome.path("_p"), order.size());
    if (listed.isEmpty()) {
      throw UnusableLineException.bad("_outcomes._p: expected one for each of its actions");
    }
    return SlotDecision.newBuilder()
        .setSlot(slot)
        .setAction(chosen)
        .setPropensity(listed.get(0))
        .addAllProbabilities(distribution("_outcomes._p", order, listed, actions))
        .build();
  }

  /**
   * A log that does not list its observations tells of a reward only where it made a difference.
   */
  private static int rewards(double cost) {
    return cost == 0 ? 0 : 1;
  }

  private static double number(String field, JsonNode value) throws UnusableLineException {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw UnusableLineException.bad(field + ": expected a finite number");
    }
    return value.doubleValue();
  }

  private static List<Integer> indices(String field, JsonNode list) throws UnusableLineException {
    List<Integer> indices = new ArrayList<>(list.size());
    for (JsonNode one : list) {
      if (!one.isInt()) {
        throw UnusableLineException.bad(field + ": expected whole numbers");
      }
      indices.add(one.intValue());
    }
    if (indices.isEmpty()) {
      throw UnusableLineException.bad(field + ": expected the actions, the chosen one first");
    }
    return indices;
  }

  private static void requireActions(String field, List<Integer> order, int actions)
      throws UnusableLineException {
    for (int action : order) {
      if (action < 0 || action >= actions) {
        throw UnusableLineException.bad(field + ": expected actions of c._multi");
      }
    }
  }

  private static void requireSame(String field, JsonNode value, int expected)
      throws UnusableLineException {
    if (!value.isMissingNode() && !(value.isNumber() && value.doubleValue() == expected)) {
      throw UnusableLineException.bad(field + ": expected the first of a");
    }
  }

  /** Empty where there is no list. */
  private static List<Double> probabilities(String field, JsonNode list, int actions)
      throws UnusableLineException {
    List<Double> probabilities = new ArrayList<>(list.size());
    for (JsonNode one : list) {
      double probability = number(field, one);
      if (probability < 0) {
        throw UnusableLineException.bad(field + ": expected at least 0");
      }
      probabilities.add(probability);
    }
    if (!list.isMissingNode() && probabilities.size() != actions) {
      throw UnusableLineException.bad(field + ": expected one for each of its actions");
    }
    return probabilities;
  }

  private static double propensity(JsonNode label, List<Double> listed)
      throws UnusableLineException {
    if (label.isMissingNode() && !listed.isEmpty()) {
      return listed.get(0);
    }
    double propensity = number("_label_probability", label);
    if (!listed.isEmpty() && Math.abs(propensity - listed.get(0)) > SAME * propensity) {
      throw UnusableLineException.bad("_label_probability: expected the first of p");
    }
    return propensity;
  }

  /**
   * The probabilities in action order, 0 for actions that are not listed; none where not all that
   * could be chosen are listed.
   */
  private static List<Double> distribution(
      String field, List<Integer> order, List<Double> listed, int actions)
      throws UnusableLineException {
    double sum = 0;
    for (double probability : listed) {
      sum += probability;
    }
    if (sum < 1 - SUM_SLACK && listed.size() < actions) {
      return List.of();
    }
    if (Math.abs(sum - 1) > SUM_SLACK) {
      throw UnusableLineException.bad(field + ": expected a sum of 1");
    }
    Double[] distribution = new Double[actions];
    Arrays.fill(distribution, 0.0);
    for (int i = 0; i < order.size(); i++) {
      double probability = listed.get(i);
      distribution[order.get(i)] = Math.abs(sum - 1) > SUM_EXACT ? probability / sum : probability;
    }
    return List.of(distribution);
  }
}
