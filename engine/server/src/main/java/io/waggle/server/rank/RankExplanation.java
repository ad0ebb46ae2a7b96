package io.waggle.server.rank;

import io.waggle.v1.Decision;
import io.waggle.v1.Explanation;

/** Says why a ranking that was just made is as it is. Any thread; may take a second. */
@FunctionalInterface
public interface RankExplanation {
  /**
   * The explanation; with a note alone where there is none to be had.
   *
   * @param limit most contributions to list for an action; 0: as many as is usual
   */
  Explanation of(Decision decision, int limit);
}
