package io.waggle.jobs.learn;

import io.waggle.core.surface.Surface;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.history.PastExamples.Cursor;
import io.waggle.state.examples.ExampleHistory;
import io.waggle.state.model.ModelVersions;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One policy learning past examples on a thread of its own, until the operator takes over what it
 * has learned. It goes through the log twice: first to see which records stand, then to learn them,
 * and on into what is learned live meanwhile. Sequence numbers see to it that no example is left
 * out or learned twice.
 *
 * <p>INVARIANT: the pupil is touched only under the lock, and no more by this thread once it was
 * handed over.
 */
final class WarmUp implements Runnable {
  private final Plan plan;
  private final PastExamples past;
  private final LearnerFactory factory;
  private final Object lock = new Object();

  private @Nullable Pupil pupil;
  private boolean over;

  private volatile long learnedThrough;
  private volatile boolean exhausted;
  private volatile @Nullable String failure;
  private volatile String progress = "waits for its turn";

  private long taught;
  private long standing;
  private long beganAtNanos;

  /**
   * What is to be learned, and where the operator stands.
   *
   * @param sinceMillis how far back, milliseconds since 1970 UTC
   * @param epoch the operator's attempt
   * @param firstSequence the first number of that attempt: older attempts' records from it on do
   *     not stand
   */
  record Plan(
      Surface surface,
      PolicyConfig policy,
      String arguments,
      long sinceMillis,
      long epoch,
      long firstSequence) {}

  WarmUp(Plan plan, PastExamples past, LearnerFactory factory) {
    this.plan = plan;
    this.past = past;
    this.factory = factory;
  }

  @Override
  public void run() {
    try (Cursor cursor = past.open(plan.surface().name(), 0, plan.sinceMillis())) {
      ExampleHistory history = scan(cursor);
      cursor.rewind();
      teach(cursor, history);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = "warm-up: " + e.getMessage();
    }
  }

  private ExampleHistory scan(Cursor cursor) throws InterruptedException {
    ExampleHistory history = new ExampleHistory();
    progress = "reads the log";
    while (!cursor.atEnd() && !isOver()) {
      for (LearnedExample each : cursor.next()) {
        if (isOurs(each)) {
          history.offer(each.getEpoch(), each.getSequence());
        }
      }
    }
    history.begin(plan.epoch(), plan.firstSequence());
    standing = history.size();
    return history;
  }

  /** What a job of a later epoch learns beside this one stands in that one's history alone. */
  private boolean isOurs(LearnedExample example) {
    return ModelVersions.epoch(example.getEpoch()) <= ModelVersions.epoch(plan.epoch());
  }

  private void teach(Cursor cursor, ExampleHistory history) throws InterruptedException {
    beganAtNanos = System.nanoTime();
    synchronized (lock) {
      if (!over) {
        pupil =
            Pupil.open(
                plan.surface(),
                plan.policy(),
                plan.arguments(),
                PolicyState.getDefaultInstance(),
                factory);
      }
    }
    while (!isOver()) {
      boolean old = !cursor.atEnd();
      for (LearnedExample example : cursor.next()) {
        long epoch = example.getEpoch();
        long sequence = example.getSequence();
        boolean stands =
            history.stands(epoch, sequence)
                || (!old && isOurs(example) && history.offer(epoch, sequence));
        if (stands && sequence > learnedThrough) {
          teach(example);
        }
      }
      tell();
      exhausted = cursor.exhausted();
    }
  }

  private void teach(LearnedExample example) {
    synchronized (lock) {
      if (over || pupil == null) {
        return;
      }
      pupil.study(example);
      learnedThrough = example.getSequence();
    }
    taught++;
  }

  private void tell() {
    double seconds = (System.nanoTime() - beganAtNanos) / 1e9;
    double rate = taught / Math.max(seconds, 1e-3);
    progress =
        String.format(
            Locale.ROOT,
            "%.0f %% of %d examples, %.0f a second, %.0f s left",
            standing == 0 ? 100 : Math.min(100, 100.0 * taught / standing),
            standing,
            rate,
            rate == 0 ? 0 : Math.max(0, standing - taught) / rate);
  }

  private boolean isOver() {
    synchronized (lock) {
      return over;
    }
  }

  /** Number of the newest example learned; 0: none. */
  long learnedThrough() {
    return learnedThrough;
  }

  /** True: nothing more is to come from the log. */
  boolean exhausted() {
    return exhausted;
  }

  /** Why it cannot go on; null: it can. */
  @Nullable String failure() {
    return failure;
  }

  /** How far it is, for people. */
  String progress() {
    return progress;
  }

  /** Ends it; the caller has the pupil for itself. Null: it has not begun to learn. */
  @Nullable Pupil handOver() {
    synchronized (lock) {
      over = true;
      Pupil handedOver = pupil;
      pupil = null;
      return handedOver;
    }
  }

  /** Ends it for nothing. */
  void cancel() {
    Pupil unused = handOver();
    if (unused != null) {
      unused.close();
    }
  }
}
