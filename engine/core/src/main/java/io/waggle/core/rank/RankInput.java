package io.waggle.core.rank;

import io.waggle.v1.Action;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a ranking is made from.
 *
 * @param userId empty for an anonymous request
 * @param session the user's session or null
 * @param actions in the app's order; empty: the surface's catalogue
 * @param slots the slots to fill, ids unique; empty: a single ranking
 * @param items which items to rank in place of {@code actions}; null: the actions are given
 */
public record RankInput(
    String decisionId,
    String userId,
    long timeMillis,
    List<Namespace> context,
    @Nullable Session session,
    List<Action> actions,
    boolean deferred,
    List<Slot> slots,
    @Nullable ItemSelection items) {

  /** The same of actions that are given. */
  public RankInput(
      String decisionId,
      String userId,
      long timeMillis,
      List<Namespace> context,
      @Nullable Session session,
      List<Action> actions,
      boolean deferred,
      List<Slot> slots) {
    this(decisionId, userId, timeMillis, context, session, actions, deferred, slots, null);
  }
}
