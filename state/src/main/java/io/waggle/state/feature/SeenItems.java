package io.waggle.state.feature;

import io.waggle.v1.SeenState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What was met in the current session and in the one before it, by hash. Each entry is of one
 * session, which its newest time tells; when an interaction joins the two sessions, two entries of
 * one hash become one. At most {@value #MAX_SEEN} a session: those met last. Pure; any thread.
 *
 * <p>INVARIANT: entries are sorted by hash, then time.
 */
public final class SeenItems {
  /** Most that are told apart in a session. */
  public static final int MAX_SEEN = 64;

  private SeenItems() {}

  private record Entry(long hash, long count, long newestMillis) {}

  /** How often something was met since the session's start. */
  public static long count(SeenState state, long hash, long startedMillis) {
    long count = 0;
    for (int i = 0; i < state.getHashesCount(); i++) {
      if (state.getHashes(i) == hash && state.getNewestMillis(i) >= startedMillis) {
        count += state.getCounts(i);
      }
    }
    return count;
  }

  /** How many different ones were met since the session's start; at most {@value #MAX_SEEN}. */
  public static int distinct(SeenState state, long startedMillis) {
    int distinct = 0;
    for (int i = 0; i < state.getHashesCount(); i++) {
      boolean isCurrent = state.getNewestMillis(i) >= startedMillis;
      // Until the surface's next interaction the sessions' entries may not have become one.
      boolean isRepeat =
          i > 0
              && state.getHashes(i - 1) == state.getHashes(i)
              && state.getNewestMillis(i - 1) >= startedMillis;
      distinct += isCurrent && !isRepeat ? 1 : 0;
    }
    return Math.min(distinct, MAX_SEEN);
  }

  /** One more, of whichever session had that time; nothing but the category is kept. */
  static SeenState.Builder with(SeenState state, long hash, long timeMillis, SessionSpan session) {
    List<Entry> entries = new ArrayList<>(state.getHashesCount() + 1);
    for (int i = 0; i < state.getHashesCount(); i++) {
      if (!session.isGone(state.getNewestMillis(i))) {
        entries.add(new Entry(state.getHashes(i), state.getCounts(i), state.getNewestMillis(i)));
      }
    }
    if (!session.isGone(timeMillis)) {
      entries.add(new Entry(hash, 1, timeMillis));
    }
    entries.sort(Comparator.comparingLong(Entry::hash).thenComparingLong(Entry::newestMillis));
    return state(newest(merged(entries, session), session));
  }

  private static List<Entry> merged(List<Entry> entries, SessionSpan session) {
    List<Entry> merged = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Entry last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null
          && last.hash() == entry.hash()
          && session.inCurrent(last.newestMillis()) == session.inCurrent(entry.newestMillis())) {
        long count = Math.min(Integer.MAX_VALUE, last.count() + entry.count());
        merged.set(merged.size() - 1, new Entry(entry.hash(), count, entry.newestMillis()));
      } else {
        merged.add(entry);
      }
    }
    return merged;
  }

  /** Those met last in each session. */
  private static List<Entry> newest(List<Entry> entries, SessionSpan session) {
    if (entries.size() <= MAX_SEEN) {
      return entries;
    }
    List<Entry> kept = new ArrayList<>(entries);
    removeOldest(kept, session, true);
    removeOldest(kept, session, false);
    return kept;
  }

  private static void removeOldest(List<Entry> entries, SessionSpan session, boolean current) {
    List<Entry> those =
        entries.stream()
            .filter(entry -> session.inCurrent(entry.newestMillis()) == current)
            .sorted(Comparator.comparingLong(Entry::newestMillis).reversed())
            .toList();
    for (int i = MAX_SEEN; i < those.size(); i++) {
      entries.remove(those.get(i));
    }
  }

  private static SeenState.Builder state(List<Entry> entries) {
    SeenState.Builder state = SeenState.newBuilder();
    for (Entry entry : entries) {
      state.addHashes(entry.hash());
      state.addCounts((int) entry.count());
      state.addNewestMillis(entry.newestMillis());
    }
    return state;
  }
}
