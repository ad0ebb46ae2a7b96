package io.waggle.core.score;

import io.waggle.v1.Action;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The indices of the catalogues met of late, for all models that take features in alike. A list is
 * known by being the same object, so it must not change. Shared by all threads; of those that meet
 * a new catalogue one indexes it and the others wait. One that is met for the first time takes the
 * last place, so that lists made for one request push out each other and not those that come again.
 */
final class ActionIndexes {
  /** Of this process: 16 catalogues. */
  static final ActionIndexes OF_PROCESS = new ActionIndexes(16);

  private final int most;
  private final Deque<Entry> latestFirst = new ArrayDeque<>();

  private static final class Entry {
    private final WeakReference<List<Action>> actions;
    private final FeatureRules rules;
    private @Nullable IndexedActions index;

    private Entry(List<Action> actions, FeatureRules rules) {
      this.actions = new WeakReference<>(actions);
      this.rules = rules;
    }

    private synchronized IndexedActions index(List<Action> of) {
      IndexedActions made = index;
      if (made == null) {
        made = IndexedActions.of(rules, of);
        index = made;
      }
      return made;
    }
  }

  ActionIndexes(int most) {
    this.most = most;
  }

  /** The index of a list's actions. */
  IndexedActions of(FeatureRules rules, List<Action> actions) {
    return entry(rules, actions).index(actions);
  }

  private synchronized Entry entry(FeatureRules rules, List<Action> actions) {
    for (Iterator<Entry> entries = latestFirst.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.actions.refersTo(actions) && entry.rules.equals(rules)) {
        entries.remove();
        latestFirst.addFirst(entry);
        return entry;
      }
      if (entry.actions.refersTo(null)) {
        entries.remove();
      }
    }
    if (latestFirst.size() == most) {
      latestFirst.removeLast();
    }
    Entry entry = new Entry(actions, rules);
    latestFirst.addLast(entry);
    return entry;
  }
}
