package io.waggle.core.score;

import io.waggle.v1.Namespace;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the features of namespaces that come again: those of items and of a surface's catalogue
 * are the same objects in every request, while what a request brings is read from its bytes once
 * and is gone. Shared by all threads and model versions; reading takes no lock.
 *
 * <p>A namespace is known by being the same object. It cannot change, so nothing here is ever
 * stale: a changed item has other objects. It is kept when it is met for the second time, and not
 * held for longer than others hold it.
 *
 * <p>Bounds: two namespaces a set, of which a third pushes out the older; and features in all, 8
 * bytes each, above which all are forgotten and hashed anew; more than that is not kept.
 */
public final class HashedNamespaces {
  /** The namespaces of all actions that this process ranks: at most 16 MB of hashes. */
  static final HashedNamespaces OF_PROCESS = new HashedNamespaces(1 << 15, 2 << 20);

  /** Fewer features are hashed as fast as they are found. */
  private static final int LEAST_FEATURES = 2;

  private static final int WAYS = 2;

  private final AtomicReferenceArray<@Nullable Hashed> kept;
  private final int setMask;
  private final long featuresBound;

  /**
   * Identity hashes of namespaces met of late. INVARIANT: only a hint, so that threads may
   * overwrite each other's.
   */
  private final int[] met;

  private long features;

  /** The hashes of one namespace, not scaled. Immutable. */
  static final class Hashed extends WeakReference<Namespace> {
    private final FeatureHash hash;
    private final int[] indices;
    private final float[] values;

    private Hashed(Namespace namespace, FeatureHash hash, int[] indices, float[] values) {
      super(namespace);
      this.hash = hash;
      this.indices = indices;
      this.values = values;
    }

    /** Not to be changed. */
    int[] indices() {
      return indices;
    }

    /** Not to be changed. */
    float[] values() {
      return values;
    }

    private boolean isOf(Namespace namespace, FeatureHash by) {
      return refersTo(namespace) && hash.equals(by);
    }
  }

  /**
   * Knows nothing yet.
   *
   * @param namespaces most that are kept, a power of two, at least 2
   * @param features most that they may have together
   */
  public HashedNamespaces(int namespaces, long features) {
    if (namespaces < WAYS || Integer.bitCount(namespaces) != 1) {
      throw new IllegalArgumentException(
          "namespaces: " + namespaces + " (expected: a power of two, at least " + WAYS + ")");
    }
    kept = new AtomicReferenceArray<>(namespaces);
    setMask = namespaces / WAYS - 1;
    met = new int[WAYS * namespaces];
    featuresBound = features;
  }

  /** A number for the namespace by which the other methods find it; 0: it is not worth keeping. */
  int key(Namespace namespace) {
    return namespace.getFeaturesCount() < LEAST_FEATURES ? 0 : System.identityHashCode(namespace);
  }

  /** The hashes of a namespace; null: they are not known. */
  @Nullable Hashed find(int key, Namespace namespace, FeatureHash by) {
    int first = (key & setMask) * WAYS;
    for (int way = 0; way < WAYS; way++) {
      Hashed hashed = kept.getAcquire(first + way);
      if (hashed != null && hashed.isOf(namespace, by)) {
        return hashed;
      }
    }
    return null;
  }

  /** True: a namespace that is not known was met before. */
  boolean isMetAgain(int key) {
    int place = key & (met.length - 1);
    boolean again = met[place] == key;
    met[place] = key;
    return again;
  }

  /**
   * Keeps the hashes of a namespace.
   *
   * @param indices hashes, not scaled; those from {@code start} to before {@code end}
   */
  void keep(
      int key,
      Namespace namespace,
      FeatureHash by,
      int[] indices,
      float[] values,
      int start,
      int end) {
    if (end - start <= featuresBound) {
      keep(
          key,
          new Hashed(
              namespace,
              by,
              Arrays.copyOfRange(indices, start, end),
              Arrays.copyOfRange(values, start, end)));
    }
  }

  private synchronized void keep(int key, Hashed hashed) {
    if (features + hashed.indices.length > featuresBound) {
      clear();
    }
    int first = (key & setMask) * WAYS;
    Hashed older = kept.get(first + 1);
    features += hashed.indices.length - (older == null ? 0 : older.indices.length);
    kept.setRelease(first + 1, kept.get(first));
    kept.setRelease(first, hashed);
  }

  private void clear() {
    for (int i = 0; i < kept.length(); i++) {
      kept.setRelease(i, null);
    }
    features = 0;
  }

  /** Features kept. */
  synchronized long features() {
    return features;
  }
}
