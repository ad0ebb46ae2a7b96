package io.waggle.core.constraint;

import io.waggle.state.session.ItemHashes;
import io.waggle.v1.Action;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which items the user has touched, as far as the session remembers: its newest 20 items with the
 * interaction's type, and, of the current session whatever the type, 128 more. Immutable; any
 * thread.
 */
final class SeenItems {
  private final SeenConstraint config;

  SeenItems(SeenConstraint config) {
    this.config = config;
  }

  /** Actions that were touched. */
  Predicate<Action> seen(Situation situation) {
    Session session = situation.session();
    if (session == null) {
      return action -> false;
    }
    // A request stamped before the session's newest interaction is one made just now.
    long idleMillis = Math.max(0, situation.timeMillis() - session.getLastMillis());
    if (config.hasWithin()) {
      long withinMillis =
          config.getWithin().getSeconds() * 1000 + config.getWithin().getNanos() / 1_000_000;
      long sinceMillis = situation.timeMillis() - withinMillis;
      Set<String> items = items(session.getRecentItemsList(), sinceMillis);
      items.addAll(items(session.getPast().getRecentItemsList(), sinceMillis));
      return among(items);
    }
    if (idleMillis > situation.settings().gap().toMillis()) {
      return action -> false;
    }
    Set<String> items = items(session.getRecentItemsList(), Long.MIN_VALUE);
    if (config.getInteractionsCount() > 0) {
      return among(items);
    }
    List<Long> hashes = session.getItemHashesList();
    return action -> items.contains(action.getId()) || ItemHashes.contains(hashes, action.getId());
  }

  private static Predicate<Action> among(Set<String> items) {
    return items.isEmpty() ? action -> false : action -> items.contains(action.getId());
  }

  private Set<String> items(List<SessionItem> touched, long sinceMillis) {
    Set<String> items = new HashSet<>();
    for (SessionItem item : touched) {
      boolean counts =
          config.getInteractionsCount() == 0
              || config.getInteractionsList().contains(item.getType());
      if (counts && item.getTimeMillis() >= sinceMillis) {
        items.add(item.getItemId());
      }
    }
    return items;
  }
}
