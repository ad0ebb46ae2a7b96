package io.waggle.benchmarks.interactions;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What was sent and has not arrived yet, and how long the rest took from when it was due. Bounded
 * by what is sent in one run. Any thread.
 */
final class Arrivals {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_MILLIS = 5;

  private final ConcurrentMap<String, Long> dueById = new ConcurrentHashMap<>();
  private final ConcurrentHistogram delays = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private final LongAdder failed = new LongAdder();

  /** It is sent now and was due then, as {@link System#nanoTime} has it. */
  void sent(String id, long dueNanos) {
    dueById.put(id, dueNanos);
  }

  /** It is here; one that is not waited for is passed over. */
  void arrived(String id) {
    Long dueNanos = dueById.remove(id);
    if (dueNanos != null) {
      delays.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - dueNanos));
    }
  }

  /** True while it is waited for. */
  boolean isAwaited(String id) {
    return dueById.containsKey(id);
  }

  /** It will not arrive. */
  void failed(String id) {
    if (dueById.remove(id) != null) {
      failed.increment();
    }
  }

  /** It was not even taken, whether anybody waits for it or not. */
  void refused(String id) {
    dueById.remove(id);
    failed.increment();
  }

  /** Waits for what is under way, at most so long; what is missing then has failed. */
  void finish(long patienceSeconds) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
    while (!dueById.isEmpty() && System.nanoTime() < deadlineNanos) {
      Thread.sleep(LOOK_MILLIS);
    }
    dueById.keySet().forEach(this::failed);
  }

  /** Nanoseconds from due to arrived. */
  Histogram delays() {
    return delays.copy();
  }

  /** How many never arrived. */
  long failures() {
    return failed.sum();
  }
}
