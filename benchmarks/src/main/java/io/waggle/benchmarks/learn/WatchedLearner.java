package io.waggle.benchmarks.learn;

import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.jobs.learn.LearnerFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens learners as the job does and keeps the one opened last, so that what it has learned so far
 * can be asked. One thread.
 */
public final class WatchedLearner implements LearnerFactory {
  private static final long serialVersionUID = 1L;

  private transient @Nullable Learner learner;

  @Override
  public Learner open(String arguments, byte @Nullable [] modelBytes, double minPropensity) {
    learner = Learners.open(arguments, modelBytes, minPropensity);
    return learner;
  }

  /** The learner opened last. */
  public Learner learner() {
    return Objects.requireNonNull(learner, "no learner has been opened");
  }
}
