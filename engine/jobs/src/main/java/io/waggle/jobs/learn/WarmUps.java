package io.waggle.jobs.learn;

import io.waggle.jobs.history.PastExamples;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a subtask on which policies warm up, one after the other: the operator's thread and
 * the machine's other work go on. It is started with the first warm-up.
 */
final class WarmUps implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final @Nullable PastExamples past;
  private final LearnerFactory factory;
  private @Nullable ExecutorService thread;

  /**
   * Makes warm-ups from a log.
   *
   * @param past null: there is no log, policies begin cold
   */
  WarmUps(@Nullable PastExamples past, LearnerFactory factory) {
    this.past = past;
    this.factory = factory;
  }

  /** True: there is a log to learn from. */
  boolean possible() {
    return past != null;
  }

  /** Begins one, or queues it behind those before. */
  WarmUp begin(WarmUp.Plan plan) {
    if (past == null) {
      throw new IllegalStateException("there is no log to warm up from");
    }
    if (thread == null) {
      thread =
          Executors.newSingleThreadExecutor(
              task -> {
                Thread worker = new Thread(task, "warm-up");
                worker.setDaemon(true);
                return worker;
              });
    }
    WarmUp warmUp = new WarmUp(plan, past, factory);
    thread.execute(warmUp);
    return warmUp;
  }

  @Override
  public void close() throws InterruptedException {
    if (thread != null) {
      thread.shutdownNow();
      thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
