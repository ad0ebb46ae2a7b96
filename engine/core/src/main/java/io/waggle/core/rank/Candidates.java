package io.waggle.core.rank;

import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import java.util.List;

/**
 * What a policy may choose from, before constraints.
 *
 * @param actions at least one
 * @param selected items that they were retrieved from; 0: they were given
 */
record Candidates(List<Action> actions, int selected) {
  /**
   * Those of the request, or the surface's catalogue where it names none.
   *
   * @throws IllegalArgumentException as {@code actions: rule} when there are none
   */
  static Candidates given(Surface surface, RankInput input) {
    List<Action> actions = input.actions().isEmpty() ? surface.catalogue() : input.actions();
    if (actions.isEmpty()) {
      throw new IllegalArgumentException(
          "actions: none given, and surface " + surface.name() + " has no catalogue");
    }
    return new Candidates(actions, 0);
  }
}
