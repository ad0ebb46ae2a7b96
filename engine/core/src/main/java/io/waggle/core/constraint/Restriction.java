package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.ConstraintEffect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the constraints make of one decision: which actions the policy chooses among, by what their
 * probabilities are multiplied, and the order that is shown. Asked in that order, on one thread.
 *
 * <p>Actions are told by their index among {@link #actions()}.
 */
public final class Restriction {
  private final List<ConstraintConfig> placing;
  private final List<Action> left;
  private final int[] pinned;
  private final double[] penalties;
  private final int slots;
  private final Effects effects;
  private final boolean penalized;
  private final boolean anyPinned;

  /** Index among what is left, by index among what the policy chooses from. */
  private final int[] choices;

  private final List<Action> actions;
  private final Factors untouched;
  private @Nullable Placement filling;

  /**
   * Of a decision.
   *
   * @param placing all constraints, where some arrange the places; else none
   * @param left what was not excluded
   * @param pinned index among {@code left} by place, {@link PlacementRule#FREE} where none is
   * @param penalties {@code double[left]}
   * @param slots to fill; 0: a single ranking
   * @param effects what was done so far
   */
  Restriction(
      List<ConstraintConfig> placing,
      List<Action> left,
      int[] pinned,
      double[] penalties,
      int slots,
      Effects effects) {
    this.placing = placing;
    this.left = left;
    this.pinned = pinned;
    this.penalties = penalties;
    this.slots = Math.min(slots, left.size());
    this.effects = effects;
    this.penalized = Arrays.stream(penalties).anyMatch(factor -> factor != 1);
    this.anyPinned = Arrays.stream(pinned).anyMatch(action -> action != PlacementRule.FREE);
    this.choices = choices(left.size(), pinned, slots);
    this.actions =
        choices.length == left.size()
            ? left
            : Arrays.stream(choices).<Action>mapToObj(left::get).toList();
    this.untouched = effects.tookActions() ? Factors.ALIKE : Factors.NONE;
  }

  /** All, but of a single ranking not what is pinned behind its first place. */
  private static int[] choices(int left, int[] pinned, int slots) {
    boolean[] away = new boolean[left];
    for (int place = 1; place < left && slots == 0; place++) {
      if (pinned[place] != PlacementRule.FREE) {
        away[pinned[place]] = true;
      }
    }
    return IntStream.range(0, left).filter(action -> !away[action]).toArray();
  }

  /** What the policy chooses among, at least one, in the app's order. */
  public List<Action> actions() {
    return actions;
  }

  /** Slots that can be filled: there are no more than actions. */
  public int slots() {
    return slots;
  }

  /**
   * By what the probabilities are multiplied.
   *
   * @param earlier what fills the slots before; none for a single ranking
   */
  public Factors factors(int[] earlier) {
    if (!penalized && !anyPinned && (slots == 0 || placing.isEmpty())) {
      return untouched;
    }
    int place = earlier.length;
    double[] factors = new double[choices.length];
    if (pinned[place] != PlacementRule.FREE) {
      factors[choice(pinned[place])] = 1;
      return Factors.of(factors, untouched);
    }
    for (int choice = 0; choice < factors.length; choice++) {
      factors[choice] = penalties[choices[choice]];
    }
    if (slots > 0) {
      for (int action : earlier) {
        factors[action] = 0;
      }
      // What is pinned to a later slot cannot be drawn here; there is an action left for each slot.
      for (int later = place + 1; later < slots; later++) {
        if (pinned[later] != PlacementRule.FREE) {
          factors[pinned[later]] = 0;
        }
      }
      if (!placing.isEmpty()) {
        filled(earlier).restrict(factors, place, effects);
      }
      for (int action : earlier) {
        // 0 anyway; so that a slot that nothing else bears on logs no factors.
        factors[action] = 1;
      }
    }
    return Factors.of(factors, untouched);
  }

  private int choice(int ofLeft) {
    return choices.length == left.size() ? ofLeft : Arrays.binarySearch(choices, ofLeft);
  }

  private Placement filled(int[] earlier) {
    Placement placement = filling;
    if (placement == null) {
      placement = new Placement(placing, left, pinned, effects);
      filling = placement;
    }
    for (int place = 0; place < earlier.length; place++) {
      placement.place(choices[earlier[place]], place, effects);
    }
    return placement;
  }

  /**
   * The order that is shown, without what is pinned behind the first place of a single ranking.
   *
   * @param order what was drawn, slot by slot, then the others as the policy prefers them
   * @param drawn how many were drawn
   */
  public int[] shown(int[] order, int drawn) {
    if (!penalized && placing.isEmpty()) {
      // Pins behind a first place are not in the order, those of slots have been drawn.
      return order;
    }
    return arrange(order, drawn, filled(new int[0]), effects);
  }

  /**
   * The order that would be shown if nothing were drawn: the policy's preference, arranged.
   *
   * @param order as the policy prefers the actions
   */
  public List<String> preferred(int[] order) {
    Effects untold = new Effects(placing.stream().map(ConstraintConfig::getName).toList());
    Placement placement = new Placement(placing, left, pinned, untold);
    int[] arranged = arrange(order, 0, placement, untold);
    List<String> ids = new ArrayList<>(left.size());
    for (int action : arranged) {
      ids.add(actions.get(action).getId());
    }
    for (int place = 1; place < pinned.length; place++) {
      if (pinned[place] != PlacementRule.FREE) {
        ids.add(place, left.get(pinned[place]).getId());
      }
    }
    return ids;
  }

  private int[] arrange(int[] order, int drawn, Placement placement, Effects told) {
    for (int place = 0; place < drawn; place++) {
      placement.place(choices[order[place]], place, told);
    }
    boolean[] placed = new boolean[left.size()];
    for (int place = 0; place < drawn; place++) {
      placed[choices[order[place]]] = true;
    }
    for (int action : pinned) {
      if (action != PlacementRule.FREE) {
        placed[action] = true;
      }
    }
    int[] rest =
        penalizedLast(
            Arrays.stream(order)
                .map(choice -> choices[choice])
                .filter(action -> !placed[action])
                .toArray());
    return Arrays.stream(placement.fill(rest, told))
        .filter(action -> choices.length == left.size() || choice(action) >= 0)
        .map(this::choice)
        .toArray();
  }

  /** By {@code factor / place in the order}, largest first; ties keep the order. */
  private int[] penalizedLast(int[] order) {
    if (!penalized) {
      return order;
    }
    double[] relevance = new double[left.size()];
    for (int position = 0; position < order.length; position++) {
      relevance[order[position]] = penalties[order[position]] / (position + 1);
    }
    return Arrays.stream(order)
        .boxed()
        .sorted(Comparator.comparingDouble(action -> -relevance[action]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** What was done, as it is logged. */
  public List<ConstraintEffect> effects() {
    return effects.logged();
  }
}
