package io.waggle.core.rank;

import io.waggle.core.constraint.Factors;
import io.waggle.core.constraint.Restriction;
import io.waggle.core.feature.Example;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A slot and the draw that filled it. A single ranking is one slot.
 *
 * @param action index of the action drawn
 * @param probabilities {@code double[actions]}, what it was drawn from: given the actions of the
 *     slots before, 0 for these; not shared
 * @param order the actions that were left, the policy's preferred first; not shared
 * @param factors what constraints made of the policy's probabilities
 */
record FilledSlot(int action, double[] probabilities, int[] order, Factors factors) {
  /**
   * Fills slot after slot: each is predicted given the draws before it, multiplied by what
   * constraints say, gets the floor over the actions left, and is drawn by its own number of the
   * decision's seed.
   *
   * @param restriction what constraints make of the decision; null: there are none
   * @throws IllegalArgumentException when the policy cannot bear the example
   */
  static List<FilledSlot> fill(
      Policy policy, Example example, double floor, long seed, @Nullable Restriction restriction) {
    if (example.slots().isEmpty()) {
      int[] none = {};
      return List.of(draw(policy.predict(example), none, floor, seed, factors(restriction, none)));
    }
    List<FilledSlot> filled = new ArrayList<>(example.slots().size());
    int[] earlier = {};
    for (int slot = 0; slot < example.slots().size(); slot++) {
      FilledSlot next =
          draw(
              policy.predictSlot(example, earlier),
              earlier,
              floor,
              seed,
              factors(restriction, earlier));
      filled.add(next);
      earlier = Arrays.copyOf(earlier, slot + 1);
      earlier[slot] = next.action();
    }
    return filled;
  }

  private static Factors factors(@Nullable Restriction restriction, int[] earlier) {
    return restriction == null ? Factors.NONE : restriction.factors(earlier);
  }

  /**
   * Draws for the next slot.
   *
   * @param prediction a policy's, its probabilities not used by anybody else
   * @param earlier actions of the slots before
   */
  static FilledSlot draw(
      Prediction prediction, int[] earlier, double floor, long seed, Factors factors) {
    double[] probabilities = factors.constrain(prediction);
    factors.applyFloor(probabilities, floor, earlier);
    int action = Exploration.draw(probabilities, Exploration.slotSeed(seed, earlier.length));
    return new FilledSlot(action, probabilities, prediction.order(), factors);
  }

  double propensity() {
    return probabilities[action];
  }

  /** The actions drawn, then the others as the last slot's policy orders them. */
  static int[] order(List<FilledSlot> filled) {
    FilledSlot last = filled.get(filled.size() - 1);
    int[] order = new int[filled.size() - 1 + last.order().length];
    int next = 0;
    for (FilledSlot slot : filled) {
      order[next++] = slot.action();
    }
    for (int action : last.order()) {
      if (action != last.action()) {
        order[next++] = action;
      }
    }
    return order;
  }
}
