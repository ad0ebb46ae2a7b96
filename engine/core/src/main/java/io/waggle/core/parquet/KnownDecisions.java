package io.waggle.core.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.v1.Decision;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Decisions of one folder that were read already. Two jobs that log into one directory put each
 * decision there twice, always into the same folder, which is that of its surface and hour.
 *
 * <p>Keeps 128 bits of each surface and id, 32 to 64 bytes a decision; at the bound it keeps no
 * more and takes what it does not know for new. One thread.
 */
final class KnownDecisions {
  /** Most decisions that are kept: 64 MiB of them. */
  static final int MOST = 1 << 21;

  private static final int FIRST_SLOTS = 1 << 10;

  private final MessageDigest digest;
  private final int most;
  // INVARIANT: two longs a slot, both 0 where it is free; at least half of the slots are.
  private long[] slots = new long[2 * FIRST_SLOTS];
  private int size;

  KnownDecisions() {
    this(MOST);
  }

  KnownDecisions(int most) {
    this.most = most;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** True when it was not met before; it is known from now on, up to the bound. */
  boolean isNew(Decision decision) {
    digest.update(decision.getSurface().getBytes(UTF_8));
    digest.update((byte) 0);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(decision.getDecisionId().getBytes(UTF_8)));
    long high = hash.getLong();
    long low = hash.getLong();
    int at = slot(high, low);
    if (!isFree(at)) {
      return false;
    }
    if (size < most) {
      slots[at] = high;
      slots[at + 1] = low;
      size++;
      if (4 * size >= slots.length) {
        grow();
      }
    }
    return true;
  }

  /** Where it is, or the free slot where it belongs. */
  private int slot(long high, long low) {
    int mask = slots.length - 2;
    int at = (int) low << 1 & mask;
    while (!isFree(at) && (slots[at] != high || slots[at + 1] != low)) {
      at = at + 2 & mask;
    }
    return at;
  }

  private boolean isFree(int at) {
    return slots[at] == 0 && slots[at + 1] == 0;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    for (int i = 0; i < before.length; i += 2) {
      if (before[i] != 0 || before[i + 1] != 0) {
        int at = slot(before[i], before[i + 1]);
        slots[at] = before[i];
        slots[at + 1] = before[i + 1];
      }
    }
  }
}
