package io.waggle.server.rank;

import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker.Ranked;
import io.waggle.core.surface.Surface;

/** Ranks; the core's ranker in the service. Any thread. */
@FunctionalInterface
public interface Ranking {
  /**
   * Ranks the actions.
   *
   * @throws IllegalArgumentException as {@code field: rule} when there is nothing to rank
   */
  Ranked rank(Surface surface, RankInput input);
}
