package io.waggle.core.constraint;

import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.Decision;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What constraints make of a distribution before it is drawn from. The ranker applies them to the
 * policy that answers, learner and offline evaluation to every policy on the logged decision: the
 * one place where it is done, so that a probability evaluated is the one that would be served.
 *
 * <p>{@code q(a) = f(a) p(a) / sum over b of f(b) p(b)}; where nothing is left, because the policy
 * was certain of actions that cannot be drawn, the first of its order that can be is certain. Then
 * the floor: {@code (1 - floor) q(a) + floor / m} for the m actions that can be drawn. Immutable;
 * any thread.
 */
public final class Factors {
  /** No constraint bears on the decision: nothing is done, not even normalised. */
  public static final Factors NONE = new Factors(null);

  /** Constraints took actions away from the policy; those left are normalised. */
  static final Factors ALIKE = new Factors(null);

  private final double @Nullable [] byAction;

  private Factors(double @Nullable [] byAction) {
    this.byAction = byAction;
  }

  /**
   * Of a factor for each action.
   *
   * @param byAction {@code double[actions]} in [0, 1]; kept, so not to be changed any more
   * @param otherwise what counts where all are 1
   */
  static Factors of(double[] byAction, Factors otherwise) {
    for (double factor : byAction) {
      if (factor != 1) {
        return new Factors(byAction);
      }
    }
    return otherwise;
  }

  /**
   * Those that a decision was drawn with, one for each slot, one for a single ranking.
   *
   * @param actions of the decision, which may hold its features elsewhere
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when they are no
   *     factors of its actions
   */
  public static List<Factors> of(Decision decision, int actions) {
    boolean constrained = tookActions(decision);
    if (decision.getSlotsCount() == 0) {
      return List.of(of(decision.hasFactors(), decision.getFactors(), actions, constrained));
    }
    return decision.getSlotsList().stream()
        .map(slot -> of(slot.hasFactors(), slot.getFactors(), actions, constrained))
        .toList();
  }

  private static boolean tookActions(Decision decision) {
    for (int i = 0; i < decision.getConstraintsCount(); i++) {
      ConstraintEffect effect = decision.getConstraints(i);
      if (effect.getExcludedCount() > 0 || !effect.getPinned().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static Factors of(
      boolean present, ActionFactors logged, int actions, boolean constrained) {
    if (!present) {
      return constrained ? ALIKE : NONE;
    }
    double[] byAction = dense(logged, actions);
    if (Arrays.stream(byAction).noneMatch(factor -> factor > 0)) {
      throw new IllegalArgumentException("factors: all 0 (expected: at least one above)");
    }
    return new Factors(byAction);
  }

  /**
   * Logged factors, one for each action.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when they are no
   *     factors of so many actions
   */
  public static double[] dense(ActionFactors logged, int actions) {
    if (logged.getActionsCount() != logged.getFactorsCount()) {
      throw new IllegalArgumentException(
          "factors: %d (expected: one for each of %d actions)"
              .formatted(logged.getFactorsCount(), logged.getActionsCount()));
    }
    double[] byAction = new double[actions];
    Arrays.fill(byAction, factor(logged.getOthers()));
    for (int i = 0; i < logged.getActionsCount(); i++) {
      int action = logged.getActions(i);
      if (action < 0 || action >= actions) {
        throw new IllegalArgumentException(
            "factors.actions: %s (expected: below %d)"
                .formatted(Integer.toUnsignedString(action), actions));
      }
      byAction[action] = factor(logged.getFactors(i));
    }
    return byAction;
  }

  /** The same as they are logged: those that are not as most are. */
  public static ActionFactors logged(double[] byAction) {
    int zeros = 0;
    int ones = 0;
    for (double factor : byAction) {
      zeros += factor == 0 ? 1 : 0;
      ones += factor == 1 ? 1 : 0;
    }
    double others = zeros > ones ? 0 : 1;
    ActionFactors.Builder logged = ActionFactors.newBuilder().setOthers(others);
    for (int action = 0; action < byAction.length; action++) {
      if (byAction[action] != others) {
        logged.addActions(action).addFactors(byAction[action]);
      }
    }
    return logged.build();
  }

  private static double factor(double logged) {
    // Written so that NaN fails.
    if (!(logged >= 0 && logged <= 1)) {
      throw new IllegalArgumentException("factors: " + logged + " (expected: in [0, 1])");
    }
    return logged;
  }

  /**
   * Multiplies and normalises.
   *
   * @param prediction a policy's; its array is changed
   * @return {@code double[actions]}, that array
   */
  public double[] constrain(Prediction prediction) {
    double[] probabilities = prediction.probabilities();
    if (this == NONE) {
      return probabilities;
    }
    double sum = 0;
    for (int action = 0; action < probabilities.length; action++) {
      if (byAction != null) {
        probabilities[action] *= byAction[action];
      }
      sum += probabilities[action];
    }
    if (sum == 0) {
      makeCertain(prediction);
      return probabilities;
    }
    for (int action = 0; action < probabilities.length; action++) {
      probabilities[action] /= sum;
    }
    return probabilities;
  }

  private void makeCertain(Prediction prediction) {
    for (int action : prediction.order()) {
      if (byAction == null || byAction[action] > 0) {
        prediction.probabilities()[action] = 1;
        return;
      }
    }
  }

  /**
   * The floor over the actions that can be drawn.
   *
   * @param probabilities {@code double[actions]} as {@link #constrain} gave them; changed
   * @param earlier actions of the slots before
   */
  public void applyFloor(double[] probabilities, double floor, int... earlier) {
    if (byAction == null) {
      Exploration.applyFloor(probabilities, floor, earlier);
      return;
    }
    int[] barred = new int[probabilities.length];
    int count = 0;
    boolean[] taken = new boolean[probabilities.length];
    for (int action : earlier) {
      taken[action] = true;
    }
    for (int action = 0; action < probabilities.length; action++) {
      if (taken[action] || byAction[action] == 0) {
        barred[count++] = action;
      }
    }
    Exploration.applyFloor(probabilities, floor, Arrays.copyOf(barred, count));
  }

  /** As they are logged; null: all are 1. */
  public @Nullable ActionFactors logged() {
    return byAction == null ? null : logged(byAction);
  }
}
