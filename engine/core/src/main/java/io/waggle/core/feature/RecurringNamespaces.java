package io.waggle.core.feature;

import io.waggle.v1.Namespace;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about namespaces that come again: those of items and of a surface's catalogue
 * are the same objects in every request, while what a request brings is read from its bytes once
 * and is gone. Shared by all threads; reading takes no lock.
 *
 * <p>A namespace is known by being the same object. It cannot change, so nothing here is ever
 * stale: a changed item has other objects. It is kept when it is met for the second time, and not
 * held for longer than others hold it.
 *
 * <p>Bounds: two namespaces a set, of which a third pushes out the older; and what is kept in all,
 * above which all is forgotten and found out anew. One that is more than that alone is not kept.
 *
 * @param <V> what is found out, immutable
 */
public final class RecurringNamespaces<V> {
  /** With fewer features a namespace is looked into as fast as it is found. */
  private static final int LEAST_FEATURES = 2;

  private static final int WAYS = 2;

  private final AtomicReferenceArray<@Nullable Known<V>> kept;
  private final int setMask;
  private final long costBound;

  /**
   * Keys of namespaces met of late. INVARIANT: only a hint, so that threads may overwrite each
   * other's.
   */
  private final int[] met;

  private long cost;

  private static final class Known<V> extends WeakReference<Namespace> {
    private final V value;
    private final long cost;

    private Known(Namespace namespace, V value, long cost) {
      super(namespace);
      this.value = value;
      this.cost = cost;
    }
  }

  /**
   * Knows nothing yet.
   *
   * @param namespaces most that are kept, a power of two, at least 2
   * @param cost most that they may have together
   */
  public RecurringNamespaces(int namespaces, long cost) {
    if (namespaces < WAYS || Integer.bitCount(namespaces) != 1) {
      throw new IllegalArgumentException(
          "namespaces: " + namespaces + " (expected: a power of two, at least " + WAYS + ")");
    }
    kept = new AtomicReferenceArray<>(namespaces);
    setMask = namespaces / WAYS - 1;
    met = new int[WAYS * namespaces];
    costBound = cost;
  }

  /** A number for the namespace by which the other methods find it; 0: it is not worth keeping. */
  public static int key(Namespace namespace) {
    return namespace.getFeaturesCount() < LEAST_FEATURES ? 0 : System.identityHashCode(namespace);
  }

  /** What is known of a namespace; null: nothing. */
  public @Nullable V find(int key, Namespace namespace) {
    int first = (key & setMask) * WAYS;
    for (int way = 0; way < WAYS; way++) {
      Known<V> known = kept.getAcquire(first + way);
      if (known != null && known.refersTo(namespace)) {
        return known.value;
      }
    }
    return null;
  }

  /** True: a namespace of which nothing is known was met before, and is worth keeping. */
  public boolean isMetAgain(int key) {
    int place = key & (met.length - 1);
    boolean again = met[place] == key;
    met[place] = key;
    return again;
  }

  /** Keeps what is known of a namespace. */
  public synchronized void keep(int key, Namespace namespace, V value, long valueCost) {
    if (valueCost > costBound) {
      return;
    }
    if (cost + valueCost > costBound) {
      clear();
    }
    int first = (key & setMask) * WAYS;
    Known<V> older = kept.get(first + 1);
    cost += valueCost - (older == null ? 0 : older.cost);
    kept.setRelease(first + 1, kept.get(first));
    kept.setRelease(first, new Known<>(namespace, value, valueCost));
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
