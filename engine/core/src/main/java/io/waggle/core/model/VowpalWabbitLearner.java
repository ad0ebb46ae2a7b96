package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import org.jspecify.annotations.Nullable;

/** Vowpal Wabbit through JNI by its text path, behind the guard. One thread. */
public final class VowpalWabbitLearner implements Learner {
  /**
   * A fresh learner, or one that goes on from bytes. @throws IllegalArgumentException with VW's
   * message when the arguments are wrong
   */
  public static VowpalWabbitLearner open(String arguments, byte @Nullable [] modelBytes) {
    throw new UnsupportedOperationException(arguments);
  }

  @Override
  public Prediction predict(Example example) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    throw new RejectedExampleException("");
  }

  @Override
  public byte[] modelBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
