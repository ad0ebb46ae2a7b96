package io.waggle.benchmarks.load;

import io.waggle.benchmarks.loop.OpenLoop;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One way at one rate for so long: an open loop, latency from when a call was due. Calls in flight
 * are bounded; one that finds no place is shed, as is what the sender does not get round to within
 * twice the time. Sends from the thread that runs it.
 */
final class Turn {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PATIENCE_SECONDS = 12;

  /**
   * What came of a turn.
   *
   * @param latency nanoseconds from due to answered
   * @param failed refused, broken or without an answer
   * @param shed not sent
   * @param firstFailure why the first one failed; null: none did
   */
  record Seen(Histogram latency, long failed, long shed, @Nullable String firstFailure) {
    long answered() {
      return latency.getTotalCount();
    }

    double millis(double percentile) {
      return latency.getValueAtPercentile(percentile) / 1e6;
    }

    /** Share of the calls that got no answer. */
    double lost() {
      return (double) (failed + shed) / Math.max(1, failed + shed + answered());
    }
  }

  private final ConcurrentHistogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private final LongAdder failed = new LongAdder();
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
  private final Semaphore places;
  private final int bound;
  private long shed;

  private Turn(int bound) {
    this.bound = bound;
    this.places = new Semaphore(bound);
  }

  /**
   * Runs it and waits for what is in flight.
   *
   * @param inFlight most calls without an answer at a time
   */
  static Seen run(Caller caller, int rate, int seconds, int inFlight) throws Exception {
    Turn turn = new Turn(inFlight);
    turn.send(caller, rate, seconds);
    return turn.seen();
  }

  private void send(Caller caller, int rate, int seconds) throws Exception {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2L * seconds);
    OpenLoop.run(
        rate,
        seconds,
        (number, dueNanos) -> {
          if (System.nanoTime() < endNanos && places.tryAcquire()) {
            call(caller, number, new Timed(dueNanos));
          } else {
            shed++;
          }
        });
  }

  private static void call(Caller caller, long number, Timed timed) throws Exception {
    try {
      caller.send(number, timed);
    } catch (RuntimeException e) {
      timed.failed(e);
    }
  }

  private Seen seen() throws InterruptedException {
    if (!places.tryAcquire(bound, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      failed.add(bound - places.availablePermits());
      firstFailure.compareAndSet(null, "no answer within " + PATIENCE_SECONDS + " s");
    }
    return new Seen(latency.copy(), failed.sum(), shed, firstFailure.get());
  }

  /** One call; whatever is told after the first is ignored. */
  private final class Timed implements Caller.Ended {
    private final long dueNanos;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Timed(long dueNanos) {
      this.dueNanos = dueNanos;
    }

    @Override
    public void answered() {
      if (open.getAndSet(false)) {
        latency.recordValue(Math.min(System.nanoTime() - dueNanos, LONGEST_NANOS));
        places.release();
      }
    }

    @Override
    public void failed(Throwable why) {
      if (open.getAndSet(false)) {
        firstFailure.compareAndSet(null, String.valueOf(why.getMessage()));
        failed.increment();
        places.release();
      }
    }
  }
}
