package io.waggle.state.join;

import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import org.jspecify.annotations.Nullable;

/**
 * Joins a decision with its rewards: a pure state machine over {@link PendingDecision}. The
 * operator keeps the state, calls it with each record and at the close time, and registers a timer
 * for {@link Step#closesMillis}. Counts go to the {@link JoinCounter}.
 */
public final class RewardJoin {
  /**
   * What a record or the close did.
   *
   * @param next the state from now on; null: drop it
   * @param joined a decision to learn now; null: none
   * @param closesMillis event time at which {@link #close} is due; 0: no timer needed
   */
  public record Step(
      @Nullable PendingDecision next, @Nullable JoinedDecision joined, long closesMillis) {}

  private final RewardSettings settings;

  public RewardJoin(RewardSettings settings) {
    this.settings = settings;
  }

  /** A decision came. */
  public Step decision(@Nullable PendingDecision state, Decision decision, JoinCounter counter) {
    throw new UnsupportedOperationException(settings.toString());
  }

  /** A reward or an activation came. */
  public Step reward(
      @Nullable PendingDecision state, Reward reward, long receivedMillis, JoinCounter counter) {
    throw new UnsupportedOperationException();
  }

  /** The close time was reached. */
  public Step close(PendingDecision state, JoinCounter counter) {
    throw new UnsupportedOperationException();
  }
}
