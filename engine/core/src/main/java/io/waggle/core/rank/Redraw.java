package io.waggle.core.rank;

import io.waggle.core.constraint.Factors;
import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Decision;
import java.util.ArrayList;
import java.util.List;

/**
 * A logged decision made again: the same predictions, factors, floor and draw as {@link Ranker},
 * with what the decision logged in place of a request. Pure.
 *
 * @param slots in order; one for a single ranking
 * @param order the actions drawn, then the others as the policy prefers them; what constraints
 *     arrange behind the draw is not in it
 */
public record Redraw(List<Slot> slots, List<Integer> order) {

  /**
   * One slot.
   *
   * @param earlier the logged actions of the slots before
   * @param policyProbabilities {@code double[actions]}, as the policy gave them
   * @param probabilities {@code double[actions]}, as they were drawn from
   * @param action the action drawn
   */
  public record Slot(
      int[] earlier, double[] policyProbabilities, double[] probabilities, int action) {}

  /**
   * Makes a decision again. Each slot is given what was logged for the slots before, so that one
   * that comes out otherwise does not change the next.
   *
   * @param policy as it was
   * @param floor of exploration, as it was
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the policy cannot
   *     bear the decision's features or its factors are none
   */
  public static Redraw of(Decision decision, Policy policy, double floor) {
    Example example = Example.of(decision);
    List<Factors> factors = Factors.of(decision, decision.getActionsCount());
    List<Slot> slots = new ArrayList<>(factors.size());
    List<FilledSlot> filled = new ArrayList<>(factors.size());
    for (int slot = 0; slot < factors.size(); slot++) {
      int[] earlier = earlier(decision, slot);
      Prediction prediction =
          example.slots().isEmpty()
              ? policy.predict(example)
              : policy.predictSlot(example, earlier);
      double[] own = prediction.probabilities().clone();
      FilledSlot drawn =
          FilledSlot.draw(prediction, earlier, floor, decision.getSeed(), factors.get(slot));
      filled.add(drawn);
      slots.add(new Slot(earlier, own, drawn.probabilities(), drawn.action()));
    }
    List<Integer> order = new ArrayList<>();
    for (int action : FilledSlot.order(filled)) {
      order.add(action);
    }
    return new Redraw(List.copyOf(slots), List.copyOf(order));
  }

  /** The logged actions of the slots before one. */
  public static int[] earlier(Decision decision, int slot) {
    int[] earlier = new int[slot];
    for (int i = 0; i < slot; i++) {
      earlier[i] = decision.getSlots(i).getAction();
    }
    return earlier;
  }
}
