package io.waggle.benchmarks.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * Calls at a fixed rate, whatever becomes of them: one that is sent late because the sender stood
 * still is told when it was due (no coordinated omission).
 */
public final class OpenLoop {
  /** Sends one; must not wait for its end. */
  @FunctionalInterface
  public interface Call {
    void send(long number, long dueNanos) throws Exception;
  }

  private OpenLoop() {}

  /** Sends from this thread, so many a second, so long. */
  public static void run(int rate, int seconds, Call call) throws Exception {
    long calls = (long) rate * seconds;
    long startNanos = System.nanoTime();
    for (long number = 0; number < calls; number++) {
      long dueNanos = startNanos + (long) (number * 1e9 / rate);
      awaitTime(dueNanos);
      call.send(number, dueNanos);
    }
  }

  private static void awaitTime(long dueNanos) {
    long left = dueNanos - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = dueNanos - System.nanoTime();
    }
  }
}
