package io.waggle.server.view;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Parsed values of a view, also that there is none, so that what is asked for again and again is
 * neither read nor parsed again. Bounded in bytes: two generations of half the bound each; when the
 * younger is full it becomes the older, and what nobody asked for meanwhile leaves.
 *
 * <p>Reads from any thread. The view's reader removes a key after its record is in the view. A
 * value is read from the view inside the map's own lock of its key, so a removal waits for it: what
 * was read before the record was there does not stay.
 */
final class ViewCache<V> {
  /** What a key costs beside its characters and its value. */
  private static final long ENTRY_BYTES = 128;

  private final long generationBytes;
  private final ToLongFunction<V> bytes;
  private volatile Generation<V> young = new Generation<>();
  private volatile Generation<V> old = new Generation<>();

  /** Values by key, and about their bytes; the latter is only written under the cache's lock. */
  private static final class Generation<V> {
    private final ConcurrentMap<String, Optional<V>> values = new ConcurrentHashMap<>();
    private long bytes;
  }

  /**
   * An empty cache.
   *
   * @param maxBytes about what keys and values may take together
   * @param bytes of a value
   */
  ViewCache(long maxBytes, ToLongFunction<V> bytes) {
    this.generationBytes = maxBytes / 2;
    this.bytes = bytes;
  }

  /** The value, read with {@code read} if it is not here; null where there is none. */
  @Nullable V get(String key, Function<String, @Nullable V> read) {
    Generation<V> generation = young;
    Optional<V> known = generation.values.get(key);
    if (known == null) {
      known = generation.values.computeIfAbsent(key, missing -> older(missing, read));
      charge(generation, key, known);
    }
    return known.orElse(null);
  }

  private Optional<V> older(String key, Function<String, @Nullable V> read) {
    Optional<V> known = old.values.get(key);
    return known == null ? Optional.ofNullable(read.apply(key)) : known;
  }

  private synchronized void charge(Generation<V> generation, String key, Optional<V> value) {
    generation.bytes += ENTRY_BYTES + 2L * key.length() + value.map(bytes::applyAsLong).orElse(0L);
    if (generation == young && generation.bytes > generationBytes) {
      old = generation;
      young = new Generation<>();
    }
  }

  /** Forgets a key. INVARIANT: the older generation first, as the younger is filled from it. */
  synchronized void remove(String key) {
    old.values.remove(key);
    young.values.remove(key);
  }

  /** Forgets everything. */
  synchronized void clear() {
    old = new Generation<>();
    young = new Generation<>();
  }
}
