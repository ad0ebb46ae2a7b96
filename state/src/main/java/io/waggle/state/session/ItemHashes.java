package io.waggle.state.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Sorted sets of at most 128 item hashes, kept in lists. Pure; any thread. */
public final class ItemHashes {
  /** Most items of a session that are told apart; the first to arrive. */
  static final int MAX_HASHES = 128;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private ItemHashes() {}

  /** FNV-1a, 64 bits, over the id's UTF-8. */
  static long hash(String itemId) {
    long hash = FNV_OFFSET;
    for (byte each : itemId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /**
   * True: the item is in the set, or one of the same hash.
   *
   * @param hashes sorted, as a session has them
   */
  public static boolean contains(List<Long> hashes, String itemId) {
    return !hashes.isEmpty() && Collections.binarySearch(hashes, hash(itemId)) >= 0;
  }

  /** The set with one more; the same list where it is in already or there is no room. */
  static List<Long> with(List<Long> hashes, long hash) {
    int index = Collections.binarySearch(hashes, hash);
    if (index >= 0 || hashes.size() >= MAX_HASHES) {
      return hashes;
    }
    List<Long> more = new ArrayList<>(hashes.size() + 1);
    more.addAll(hashes);
    more.add(-index - 1, hash);
    return more;
  }
}
