package io.waggle.core.model;

import io.waggle.core.policy.Policy;
import io.waggle.state.model.ServableModel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One model version and its scorers: each is used by one thread at a time, so a reader borrows one.
 * Any thread.
 *
 * <p>Life: born with one hold, the table's. A reader holds it while it predicts. When the last hold
 * is released every scorer is closed and no hold can be taken any more.
 *
 * <p>Bound: at most {@code scorersBound} scorers; one more reader than that waits for one to come
 * back (a prediction takes tens of microseconds). A scorer is made on the reader's thread only when
 * all others are in use; that costs one load, a few milliseconds.
 */
final class ServingVersion {
  private final ServableModel model;
  private final Function<ServableModel, Learner> loader;
  private final Semaphore permits;
  private final Queue<Learner> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger holds = new AtomicInteger(1);
  private final AtomicInteger scorers = new AtomicInteger();

  ServingVersion(ServableModel model, Function<ServableModel, Learner> loader, int scorersBound) {
    this.model = model;
    this.loader = loader;
    this.permits = new Semaphore(scorersBound);
  }

  ServableModel model() {
    return model;
  }

  /** Scorers made so far. */
  int scorers() {
    return scorers.get();
  }

  /**
   * Makes a scorer ahead of the first reader, and tries it.
   *
   * @throws IllegalArgumentException when the model does not load
   * @throws IllegalStateException when the probe finds no valid probabilities
   */
  void prepare(Consumer<Learner> probe) {
    Learner scorer = load();
    idle.add(scorer);
    probe.accept(scorer);
  }

  /** Takes a hold; false when the version has been retired. */
  boolean hold() {
    int current = holds.get();
    while (current > 0) {
      if (holds.compareAndSet(current, current + 1)) {
        return true;
      }
      current = holds.get();
    }
    return false;
  }

  /** Gives a hold back; the last one closes the scorers. */
  void release() {
    if (holds.decrementAndGet() == 0) {
      // INVARIANT: no hold, so nobody borrows: all scorers are idle.
      for (Learner scorer = idle.poll(); scorer != null; scorer = idle.poll()) {
        scorer.close();
      }
    }
  }

  /** Lends a scorer for the time of the call; the caller has a hold. */
  <T> T use(Function<Policy, T> use) {
    permits.acquireUninterruptibly();
    try {
      Learner scorer = idle.poll();
      if (scorer == null) {
        scorer = load();
      }
      try {
        return use.apply(scorer);
      } finally {
        idle.add(scorer);
      }
    } finally {
      permits.release();
    }
  }

  private Learner load() {
    Learner scorer = loader.apply(model);
    scorers.incrementAndGet();
    return scorer;
  }
}
