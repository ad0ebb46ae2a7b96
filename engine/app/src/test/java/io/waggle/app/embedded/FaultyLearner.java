package io.waggle.app.embedded;

import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.policy.Prediction;

/** A real learner, and failures in front of it. On the thread of the job's task. */
final class FaultyLearner implements Learner {
  private final Learner learner;
  private final Faults faults;

  FaultyLearner(Learner learner, Faults faults) {
    this.learner = learner;
    this.faults = faults;
  }

  /** Where a test may fail the task, by throwing an {@link InjectedError}. */
  interface Faults {
    void beforeLearning();

    /**
     * Before the model is written out.
     *
     * @param checkpoint false: to be published
     */
    void beforeModelBytes(boolean checkpoint);
  }

  /** Not an exception, which would stop the policy alone: the whole task fails. */
  static final class InjectedError extends Error {
    private static final long serialVersionUID = 1L;

    InjectedError() {
      super("injected");
    }
  }

  @Override
  public Prediction predict(Example example) {
    return learner.predict(example);
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    faults.beforeLearning();
    return learner.learn(example, chosen, cost, propensity);
  }

  @Override
  public byte[] modelBytes() {
    boolean checkpoint =
        StackWalker.getInstance()
            .walk(
                frames -> frames.anyMatch(frame -> frame.getMethodName().equals("snapshotState")));
    faults.beforeModelBytes(checkpoint);
    return learner.modelBytes();
  }

  @Override
  public void close() {
    learner.close();
  }
}
