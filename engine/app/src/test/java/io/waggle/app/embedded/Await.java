package io.waggle.app.embedded;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what a job, a service or a broker does in its own time. On the caller's thread. */
public final class Await {
  /** Long enough for anything that works, on a machine that is busy with other things. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long CHECK_NANOS = Duration.ofMillis(20).toNanos();

  private Await() {}

  /** Waits until it is so; fails after {@link #PATIENCE}. */
  public static void await(String what, BooleanSupplier condition) {
    await(PATIENCE, what, condition);
  }

  /** The same with another patience. */
  public static void await(Duration patience, String what, BooleanSupplier condition) {
    awaitEmpty(patience, () -> condition.getAsBoolean() ? List.of() : List.of(what));
  }

  /** Waits until nothing is left to say; fails with what is after {@link #PATIENCE}. */
  public static void awaitEmpty(Supplier<List<String>> problems) {
    awaitEmpty(PATIENCE, problems);
  }

  /**
   * The same with another patience. A look that takes long is followed by a pause three times as
   * long: what is waited for needs the processor, too.
   */
  public static void awaitEmpty(Duration patience, Supplier<List<String>> problems) {
    long startNanos = System.nanoTime();
    while (true) {
      long lookNanos = System.nanoTime();
      List<String> left = problems.get();
      long nowNanos = System.nanoTime();
      if (left.isEmpty()) {
        return;
      }
      if (nowNanos - startNanos > patience.toNanos()) {
        throw new AssertionError("not so within " + patience + ": " + left);
      }
      LockSupport.parkNanos(Math.max(CHECK_NANOS, 3 * (nowNanos - lookNanos)));
    }
  }
}
