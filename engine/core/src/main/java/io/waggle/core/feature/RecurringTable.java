package io.waggle.core.feature;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A bounded table of what comes again, in sets of {@link #WAYS}, for all threads; reading takes no
 * lock. Whoever uses it tells apart what has the same key.
 *
 * <p>Bounds: two entries a set, of which a third pushes out the older; and what all cost together,
 * above which all is forgotten and found out anew. One that costs more than that alone is not kept.
 *
 * @param <E> what is kept, immutable
 */
public final class RecurringTable<E> {
  /** Entries that can have the same place. */
  public static final int WAYS = 2;

  private final AtomicReferenceArray<@Nullable E> kept;
  private final int setMask;
  private final long costBound;
  private final ToLongFunction<E> costs;

  /** Keys met of late. INVARIANT: only a hint, so that threads may overwrite each other's. */
  private final int[] met;

  private long cost;

  /**
   * Knows nothing yet.
   *
   * @param entries most that are kept, a power of two, at least 2
   * @param cost most that they may cost together
   * @param costs what one costs, the same each time
   */
  public RecurringTable(int entries, long cost, ToLongFunction<E> costs) {
    if (entries < WAYS || Integer.bitCount(entries) != 1) {
      throw new IllegalArgumentException(
          "entries: " + entries + " (expected: a power of two, at least " + WAYS + ")");
    }
    kept = new AtomicReferenceArray<>(entries);
    setMask = entries / WAYS - 1;
    met = new int[WAYS * entries];
    costBound = cost;
    this.costs = costs;
  }

  /**
   * One of those that a key may have; null: none is there.
   *
   * @param way from 0 to before {@link #WAYS}
   */
  public @Nullable E get(int key, int way) {
    return kept.getAcquire(first(key) + way);
  }

  private int first(int key) {
    return (key & setMask) * WAYS;
  }

  /** True: a key whose entry is not there was met before, so that an entry is worth keeping. */
  public boolean isMetAgain(int key) {
    int place = key & (met.length - 1);
    boolean again = met[place] == key;
    met[place] = key;
    return again;
  }

  /** Keeps an entry. */
  public synchronized void keep(int key, E entry) {
    long more = costs.applyAsLong(entry);
    if (more > costBound) {
      return;
    }
    if (cost + more > costBound) {
      clear();
    }
    int first = first(key);
    E older = kept.get(first + 1);
    cost += more - (older == null ? 0 : costs.applyAsLong(older));
    kept.setRelease(first + 1, kept.get(first));
    kept.setRelease(first, entry);
  }

  private void clear() {
    for (int i = 0; i < kept.length(); i++) {
      kept.setRelease(i, null);
    }
    cost = 0;
  }

  /** What is kept costs so much. */
  public synchronized long cost() {
    return cost;
  }
}
