package io.waggle.jobs.learn;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.SlotEvaluatorState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The running evaluation of one policy slot by slot: what the slot's reward would be if the policy
 * had filled this slot alone, given what was logged for the slots before. A slot's weight is its
 * own and nothing is assumed of how slots influence each other. One thread.
 *
 * <p>The first {@value #MOST} slot ids seen are evaluated; later ones count in the value of the
 * whole decision only.
 */
final class SlotValues {
  /** Most slots that have a value of their own: what one request may hold. */
  static final int MOST = 50;

  private static final String SEGMENT = "slot/";

  private final Function<EvaluatorState, PolicyEvaluator> evaluators;
  private final Map<String, PolicyEvaluator> bySlot = new LinkedHashMap<>();

  /**
   * Goes on from what was saved.
   *
   * @param evaluators goes on from sums, the default instance's included
   */
  SlotValues(Function<EvaluatorState, PolicyEvaluator> evaluators, List<SlotEvaluatorState> saved) {
    this.evaluators = evaluators;
    for (SlotEvaluatorState slot : saved) {
      bySlot.put(slot.getSlotId(), evaluators.apply(slot.getEvaluator()));
    }
  }

  /** The segment of a slot. */
  static String segment(String slotId) {
    return SEGMENT + slotId;
  }

  /** One decision; the probabilities are the policy's, of the logged actions. */
  void add(JoinedSlots slots, double[] probabilities) {
    for (int i = 0; i < slots.size(); i++) {
      PolicyEvaluator evaluator = bySlot.get(slots.ids().get(i));
      if (evaluator == null && bySlot.size() < MOST) {
        evaluator = evaluators.apply(EvaluatorState.getDefaultInstance());
        bySlot.put(slots.ids().get(i), evaluator);
      }
      if (evaluator != null) {
        evaluator.add(
            probabilities[i],
            slots.outcomes().get(i).propensity(),
            -slots.outcomes().get(i).cost());
      }
    }
  }

  /** Estimates and intervals now, the segments filled in. */
  List<PolicyEvaluation.Builder> evaluate() {
    return bySlot.entrySet().stream()
        .map(slot -> slot.getValue().evaluate().setSegment(segment(slot.getKey())))
        .toList();
  }

  /** The sums, for a checkpoint. */
  List<SlotEvaluatorState> save() {
    return bySlot.entrySet().stream()
        .map(
            slot ->
                SlotEvaluatorState.newBuilder()
                    .setSlotId(slot.getKey())
                    .setEvaluator(slot.getValue().state())
                    .build())
        .toList();
  }

  /** The slots that have a value. */
  List<String> ids() {
    return List.copyOf(bySlot.keySet());
  }
}
