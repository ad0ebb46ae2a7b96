package io.waggle.core.rank;

import io.waggle.core.model.ServingModels;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Decision;
import io.waggle.v1.RankResponse;

/**
 * Ranks: chooses the policy, predicts, applies the floor, draws. The one ranker of the service and
 * the session job. Any thread.
 */
public final class Ranker {
  /** The decision to log and the answer to give. */
  public record Ranked(Decision decision, RankResponse response) {}

  private final ServingModels models;

  public Ranker(ServingModels models) {
    this.models = models;
  }

  /**
   * Ranks the actions.
   *
   * @throws IllegalArgumentException as {@code field: rule} when there is nothing to rank
   */
  public Ranked rank(Surface surface, RankInput input) {
    throw new UnsupportedOperationException(models.refused() + surface.name() + input);
  }
}
