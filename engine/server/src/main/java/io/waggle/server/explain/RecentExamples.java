package io.waggle.server.explain;

import io.waggle.core.feature.Example;
import io.waggle.v1.Decision;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Features of decisions ranked here lately: where weights, which are only hashes, get their names
 * from. Never makes ranking wait: a decision that comes while another is being kept is passed over.
 *
 * <p>Bounds: per surface the newest {@link #EXAMPLES_BOUND} of those offered, at most one a second
 * once there are so many, and at most {@link #BYTES_BOUND} bytes of them (at the bound the oldest
 * go; a larger decision is not kept); {@link #SURFACES_BOUND} surfaces. Holds no user ids, and only
 * in memory.
 */
public final class RecentExamples {
  static final int EXAMPLES_BOUND = 200;
  static final int BYTES_BOUND = 1 << 20;
  static final int SURFACES_BOUND = 64;
  private static final long INTERVAL_MILLIS = 1_000;

  private final InstantSource clock;
  private final ConcurrentMap<String, Ring> rings = new ConcurrentHashMap<>();

  public RecentExamples(InstantSource clock) {
    this.clock = clock;
  }

  /** Keeps the decision's features, or not. Returns at once. */
  public void offer(Decision decision) {
    Ring ring = rings.get(decision.getSurface());
    if (ring == null) {
      if (rings.size() >= SURFACES_BOUND) {
        return;
      }
      ring = rings.computeIfAbsent(decision.getSurface(), surface -> new Ring());
    }
    ring.offer(decision, clock.millis());
  }

  /** What is kept of a surface, newest first; each call makes examples of its own. */
  public List<Example> of(String surface) {
    Ring ring = rings.get(surface);
    return ring == null ? List.of() : ring.examples();
  }

  /** The newest decisions of one surface. */
  private static final class Ring {
    private final ReentrantLock turn = new ReentrantLock();
    private final Deque<Decision> newest = new ArrayDeque<>();
    private long bytes;
    private volatile long nextMillis;

    void offer(Decision decision, long now) {
      if (now < nextMillis || !turn.tryLock()) {
        return;
      }
      try {
        int size = decision.getSerializedSize();
        if (size > BYTES_BOUND / 8) {
          return;
        }
        // What is kept refers to the request's own parts: they are shared, not copied.
        newest.addFirst(
            Decision.newBuilder()
                .addAllContext(decision.getContextList())
                .addAllSession(decision.getSessionList())
                .addAllActions(decision.getActionsList())
                .build());
        bytes += newest.getFirst().getSerializedSize();
        while (newest.size() > EXAMPLES_BOUND || bytes > BYTES_BOUND) {
          bytes -= newest.removeLast().getSerializedSize();
          nextMillis = now + INTERVAL_MILLIS;
        }
      } finally {
        turn.unlock();
      }
    }

    List<Example> examples() {
      turn.lock();
      try {
        List<Example> examples = new ArrayList<>(newest.size());
        newest.forEach(decision -> examples.add(Example.of(decision)));
        return examples;
      } finally {
        turn.unlock();
      }
    }
  }
}
