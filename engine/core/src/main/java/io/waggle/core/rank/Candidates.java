package io.waggle.core.rank;

import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ItemRetrieval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy may choose from, before constraints.
 *
 * @param actions at least one
 * @param retrieval what they were retrieved from, all but how many are ranked; null: they were
 *     given
 */
record Candidates(List<Action> actions, @Nullable ItemRetrieval retrieval) {
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
    return new Candidates(actions, null);
  }
}
