package io.waggle.server.explain;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.waggle.v1.Decision;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The decisions made here lately, as bytes and without their users' ids, to be explained also while
 * Kafka is away. Only in memory: in a ring, because a garbage collector would copy what is young
 * and thrown away within a second again and again. Any thread.
 *
 * <p>Bound: so many bytes, beyond which the oldest go. A decision is charged its serialized size,
 * twice its id's length and {@link #OVERHEAD_BYTES}; the bytes of one that was made again count
 * until those before it have gone.
 */
public final class RecentDecisions {
  /** The largest bound: 1 GiB. */
  public static final long MOST_BYTES = 1 << 30;

  static final int OVERHEAD_BYTES = 128;

  private final int maxBytes;

  // All guarded by `kept`, which has the oldest first.
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>();
  private byte[] ring = {};
  private long end;
  private long overhead;

  /**
   * Where a decision is.
   *
   * @param from bytes that were ever written before it; its place in the ring is that modulo the
   *     ring's length
   */
  private record Kept(long from, int length) {}

  /**
   * Keeps nothing yet.
   *
   * @param maxBytes at most {@link #MOST_BYTES}; 0: keeps nothing ever
   */
  public RecentDecisions(long maxBytes) {
    this.maxBytes = Math.toIntExact(maxBytes);
  }

  /**
   * Keeps a decision, in the place of one of the same id.
   *
   * @param serialized the message
   * @throws IllegalArgumentException when it is none
   */
  public void keep(String decisionId, byte[] serialized) {
    if (maxBytes == 0) {
      return;
    }
    byte[] value = withoutUser(serialized);
    int more = value.length + overhead(decisionId);
    if (more > maxBytes) {
      return;
    }
    synchronized (kept) {
      remove(decisionId);
      while (bytes() + more > maxBytes) {
        remove(kept.keySet().iterator().next());
      }
      if (ring.length == 0) {
        ring = new byte[maxBytes];
      }
      int at = (int) (end % maxBytes);
      int first = Math.min(value.length, maxBytes - at);
      System.arraycopy(value, 0, ring, at, first);
      System.arraycopy(value, first, ring, 0, value.length - first);
      kept.put(decisionId, new Kept(end, value.length));
      end += value.length;
      overhead += overhead(decisionId);
    }
  }

  private void remove(String decisionId) {
    if (kept.remove(decisionId) != null) {
      overhead -= overhead(decisionId);
    }
  }

  private static int overhead(String decisionId) {
    return 2 * decisionId.length() + OVERHEAD_BYTES;
  }

  /** The same message without the field: far less work than to read and write all of it. */
  private static byte[] withoutUser(byte[] decision) {
    byte[] value = new byte[decision.length];
    int size = 0;
    int from = 0;
    CodedInputStream fields = CodedInputStream.newInstance(decision);
    try {
      for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
        fields.skipField(tag);
        int to = fields.getTotalBytesRead();
        if (WireFormat.getTagFieldNumber(tag) != Decision.USER_ID_FIELD_NUMBER) {
          System.arraycopy(decision, from, value, size, to - from);
          size += to - from;
        }
        from = to;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("no decision", e);
    }
    return size == value.length ? value : Arrays.copyOf(value, size);
  }

  /** The decision as it was logged, without its user's id; null when it is not kept. */
  public @Nullable Decision find(String decisionId) {
    byte[] value;
    synchronized (kept) {
      Kept found = kept.get(decisionId);
      if (found == null) {
        return null;
      }
      value = new byte[found.length];
      int at = (int) (found.from % maxBytes);
      int first = Math.min(value.length, maxBytes - at);
      System.arraycopy(ring, at, value, 0, first);
      System.arraycopy(ring, 0, value, first, value.length - first);
    }
    try {
      return Decision.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("written by this class", e);
    }
  }

  /** Decisions kept. */
  public int count() {
    synchronized (kept) {
      return kept.size();
    }
  }

  /** Bytes that they are charged. */
  public long bytes() {
    synchronized (kept) {
      return kept.isEmpty() ? 0 : end - kept.values().iterator().next().from + overhead;
    }
  }
}
