package io.waggle.core.explain;

import io.waggle.core.constraint.Factors;
import io.waggle.core.policy.Exploration;
import io.waggle.core.rank.Redraw;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.Decision;
import io.waggle.v1.Draw;
import io.waggle.v1.SlotDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was logged of one slot of a decision; a single ranking is one slot. Pure.
 *
 * @param id empty for a single ranking
 * @param index from 0
 * @param earlier the logged actions of the slots before
 * @param action the logged action
 * @param probabilities {@code double[actions]} as logged; empty where an imported log has none
 * @param factors {@code double[actions]} by which constraints multiplied
 */
record LoggedSlot(
    String id, int index, int[] earlier, int action, double[] probabilities, double[] factors) {

  /** Those of a decision, in order. */
  static List<LoggedSlot> of(Decision decision) {
    int actions = decision.getActionsCount();
    if (decision.getSlotsCount() == 0) {
      double[] probabilities = array(decision.getProbabilitiesList());
      double[] factors = factors(decision.hasFactors(), decision.getFactors(), actions);
      return List.of(
          new LoggedSlot("", 0, new int[0], decision.getOrder(0), probabilities, factors));
    }
    List<LoggedSlot> slots = new ArrayList<>();
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      SlotDecision slot = decision.getSlots(i);
      slots.add(
          new LoggedSlot(
              slot.getSlot().getId(),
              i,
              Redraw.earlier(decision, i),
              slot.getAction(),
              array(slot.getProbabilitiesList()),
              factors(slot.hasFactors(), slot.getFactors(), actions)));
    }
    return slots;
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] factors(boolean present, ActionFactors logged, int actions) {
    if (present) {
      return Factors.dense(logged, actions);
    }
    double[] ones = new double[actions];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** True: the log says with what probability each action was drawn. */
  boolean hasProbabilities() {
    return probabilities.length == factors.length;
  }

  /** One for each of the decision's actions, with what was logged of it. */
  List<ActionExplanation.Builder> actions(Decision decision) {
    List<ActionExplanation.Builder> actions = new ArrayList<>();
    for (int action = 0; action < decision.getActionsCount(); action++) {
      ActionExplanation.Builder told =
          ActionExplanation.newBuilder()
              .setActionId(decision.getActions(action).getId())
              .setFactor(factors[action]);
      actions.add(hasProbabilities() ? told.setProbability(probabilities[action]) : told);
    }
    return actions;
  }

  /** How its action was drawn from the logged probabilities. */
  Draw draw(Decision decision) {
    long seed = Exploration.slotSeed(decision.getSeed(), index);
    Draw.Builder draw =
        Draw.newBuilder()
            .setSeed(seed)
            .setNumber(Exploration.uniform(seed))
            .setActionId(decision.getActions(action).getId());
    if (!hasProbabilities()) {
      return draw.build();
    }
    double before = 0;
    double all = 0;
    for (int i = 0; i < probabilities.length; i++) {
      before += i < action ? probabilities[i] : 0;
      all += probabilities[i];
    }
    return draw.setLower(before / all).setUpper((before + probabilities[action]) / all).build();
  }
}
