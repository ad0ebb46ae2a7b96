package io.waggle.core.feature;

import io.waggle.v1.Namespace;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about namespaces that come again: those of items, of a surface's catalogue and
 * of actions that a service has read before are the same objects in every request, while what else
 * a request brings is read from its bytes once and is gone. Shared by all threads; reading takes no
 * lock. Bounds: see {@link RecurringTable}.
 *
 * <p>A namespace is known by being the same object. It cannot change, so nothing here is ever
 * stale: a changed item has other objects. It is kept when it is met for the second time, and not
 * held for longer than others hold it.
 *
 * @param <V> what is found out, immutable
 */
public final class RecurringNamespaces<V> {
  /** With fewer features a namespace is looked into as fast as it is found. */
  private static final int LEAST_FEATURES = 2;

  private final RecurringTable<Known<V>> table;

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
    table = new RecurringTable<>(namespaces, cost, known -> known.cost);
  }

  /** A number for the namespace by which the other methods find it; 0: it is not worth keeping. */
  public static int key(Namespace namespace) {
    return namespace.getFeaturesCount() < LEAST_FEATURES ? 0 : System.identityHashCode(namespace);
  }

  /** What is known of a namespace; null: nothing. */
  public @Nullable V find(int key, Namespace namespace) {
    for (int way = 0; way < RecurringTable.WAYS; way++) {
      Known<V> known = table.get(key, way);
      if (known != null && known.refersTo(namespace)) {
        return known.value;
      }
    }
    return null;
  }

  /** True: a namespace of which nothing is known was met before, and is worth keeping. */
  public boolean isMetAgain(int key) {
    return table.isMetAgain(key);
  }

  /** Keeps what is known of a namespace. */
  public void keep(int key, Namespace namespace, V value, long cost) {
    table.keep(key, new Known<>(namespace, value, cost));
  }

  /** What is kept costs so much. */
  public long cost() {
    return table.cost();
  }
}
