package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** A scorer that finds out when it is used by two threads, or after it was closed. */
final class FakeLearner implements Learner {
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile boolean closed;

  boolean closed() {
    return closed;
  }

  @Override
  public Prediction predict(Example example) {
    if (closed || !busy.compareAndSet(false, true)) {
      throw new AssertionError(closed ? "used after it was closed" : "used by two threads");
    }
    try {
      double[] probabilities = new double[example.actions().size()];
      Arrays.fill(probabilities, 1.0 / probabilities.length);
      int[] order = new int[probabilities.length];
      Arrays.setAll(order, i -> i);
      return new Prediction(probabilities, order);
    } finally {
      busy.set(false);
    }
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity) {
    throw new AssertionError("serving never learns");
  }

  @Override
  public byte[] modelBytes() {
    return new byte[0];
  }

  @Override
  public void close() {
    if (closed || busy.get()) {
      throw new AssertionError(closed ? "closed twice" : "closed while in use");
    }
    closed = true;
  }
}
