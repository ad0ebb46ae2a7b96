package io.waggle.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.v1.Decision;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The decisions made here lately, as bytes and without their users' ids, to be explained also while
 * Kafka is away. Only in memory. Never makes ranking wait, and takes little from it: a thread of its
 * own serialises them for at most a tenth of its time, and what comes while {@link #QUEUE_BOUND}
 * wait for it is passed over and counted. A large decision takes some 50 us, so up to about 1,500 a
 * second of these are all kept.
 *
 * <p>Bound: so many bytes, beyond which the oldest go. A decision is charged its serialized size,
 * twice its id's length and {@link #OVERHEAD_BYTES}.
 */
public final class RecentDecisions implements AutoCloseable {
  static final int QUEUE_BOUND = 256;
  static final int OVERHEAD_BYTES = 128;

  /** Ends the thread: a decision has an id. */
  private static final Decision END = Decision.getDefaultInstance();

  private static final long REST_PER_WORK = 9;
  private static final long LONGEST_REST_NANOS = 10_000_000;

  private final long maxBytes;
  private final BlockingQueue<Decision> queue = new ArrayBlockingQueue<>(QUEUE_BOUND);
  private final AtomicLong passedOver = new AtomicLong();
  private final Thread thread;

  // INVARIANT: `bytes` is what all in `kept` are charged, at most `maxBytes`. Guarded by `kept`.
  private final Map<String, byte[]> kept = new LinkedHashMap<>();
  private long bytes;

  /**
   * Keeps nothing yet.
   *
   * @param maxBytes 0: keeps nothing ever
   */
  public RecentDecisions(long maxBytes) {
    this.maxBytes = maxBytes;
    this.thread = new Thread(this::run, "waggle-recent-decisions");
    thread.setDaemon(true);
    thread.start();
  }

  /** Keeps the decision, or passes it over. Returns at once. */
  public void offer(Decision decision) {
    if (maxBytes > 0 && !queue.offer(decision)) {
      passedOver.incrementAndGet();
    }
  }

  /** The decision as it was logged, without its user's id; null when it is not kept. */
  public @Nullable Decision find(String decisionId) {
    byte[] found;
    synchronized (kept) {
      found = kept.get(decisionId);
    }
    try {
      return found == null ? null : Decision.parseFrom(found);
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
      return bytes;
    }
  }

  /** Decisions that came too fast to be kept. */
  public long passedOver() {
    return passedOver.get();
  }

  private void run() {
    try {
      Decision next = queue.take();
      while (!next.getDecisionId().isEmpty()) {
        long started = System.nanoTime();
        keep(next);
        rest(System.nanoTime() - started);
        next = queue.take();
      }
    } catch (InterruptedException e) {
      // Only close() does that.
      Thread.currentThread().interrupt();
    }
  }

  private static void rest(long workedNanos) {
    LockSupport.parkNanos(Math.min(LONGEST_REST_NANOS, REST_PER_WORK * workedNanos));
  }

  private void keep(Decision decision) {
    String id = decision.getDecisionId();
    byte[] value = decision.toBuilder().clearUserId().build().toByteArray();
    long charged = charge(id, value);
    if (charged > maxBytes) {
      return;
    }
    synchronized (kept) {
      byte[] old = kept.remove(id);
      bytes += charged - (old == null ? 0 : charge(id, old));
      kept.put(id, value);
      Iterator<Map.Entry<String, byte[]>> oldest = kept.entrySet().iterator();
      while (bytes > maxBytes) {
        Map.Entry<String, byte[]> gone = oldest.next();
        bytes -= charge(gone.getKey(), gone.getValue());
        oldest.remove();
      }
    }
  }

  private static long charge(String id, byte[] value) {
    return value.length + 2L * id.length() + OVERHEAD_BYTES;
  }

  /** Ends the thread; what it keeps can still be found. */
  @Override
  public void close() {
    queue.clear();
    if (!queue.offer(END)) {
      // Filled again by others at this moment; it is a daemon and holds up nothing.
      thread.interrupt();
    }
  }
}
