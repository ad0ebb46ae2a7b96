package io.waggle.core.policy;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.v1.Action;
import java.util.List;
import java.util.function.Supplier;

/**
 * A policy that can tell many actions apart for little: the first of two stages. What it passes
 * over is not predicted, so it need not be exact, but the same input gives the same answer.
 */
public interface Retriever {
  /**
   * What is to be expected of some actions.
   *
   * @param shared its context and session are used; its actions are not
   * @param all the same list for the same actions, so that what is found out about them can be kept
   * @param numbers features that are not the same in each request, of the actions selected; asked
   *     for at most once
   * @param selected indices into {@code all}
   * @return {@code float[selected]}, smaller is better, on any scale; not shared
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when what is shared is
   *     unfit
   */
  float[] costs(Example shared, List<Action> all, Supplier<MovingNumbers> numbers, int[] selected);

  /** The same of actions whose features are all their own. */
  default float[] costs(Example shared, List<Action> all, int[] selected) {
    return costs(shared, all, () -> MovingNumbers.NONE, selected);
  }
}
