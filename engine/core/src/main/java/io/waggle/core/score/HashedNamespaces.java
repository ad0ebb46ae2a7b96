package io.waggle.core.score;

import io.waggle.core.feature.RecurringNamespaces;
import io.waggle.v1.Namespace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the features of namespaces that come again, for all threads and model versions. Bounds
 * and what is known by what: see {@link RecurringNamespaces}; a feature costs 1, and 8 bytes.
 */
public final class HashedNamespaces {
  /** The namespaces of all actions that this process ranks: at most 16 MB of hashes. */
  static final HashedNamespaces OF_PROCESS = new HashedNamespaces(1 << 15, 2 << 20);

  private final RecurringNamespaces<Hashed> known;
  private final long featuresBound;

  /**
   * The hashes of one namespace, not scaled; the arrays are not to be changed.
   *
   * @param by how they were made
   */
  record Hashed(FeatureHash by, int[] indices, float[] values) {}

  /**
   * Knows nothing yet.
   *
   * @param namespaces most that are kept, a power of two, at least 2
   * @param features most that they may have together
   */
  public HashedNamespaces(int namespaces, long features) {
    known = new RecurringNamespaces<>(namespaces, features);
    featuresBound = features;
  }

  /**
   * A number for the namespace by which the other methods find it; 0: it is not worth keeping. Two
   * ways to hash are seldom in one set, so that they do not push each other out.
   */
  int key(Namespace namespace, FeatureHash by) {
    int key = RecurringNamespaces.key(namespace);
    return key == 0 ? 0 : key ^ by.hashCode();
  }

  /** The hashes of a namespace; null: they are not known. */
  @Nullable Hashed find(int key, Namespace namespace, FeatureHash by) {
    Hashed hashed = known.find(key, namespace);
    return hashed == null || !hashed.by.equals(by) ? null : hashed;
  }

  /** True: a namespace that is not known was met before. */
  boolean isMetAgain(int key) {
    return known.isMetAgain(key);
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
      Hashed hashed =
          new Hashed(
              by, Arrays.copyOfRange(indices, start, end), Arrays.copyOfRange(values, start, end));
      known.keep(key, namespace, hashed, end - start);
    }
  }

  /** Features kept. */
  long features() {
    return known.cost();
  }
}
