package io.waggle.jobs.learn;

import io.waggle.core.model.Learner;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Opens learners on the operator's thread. */
@FunctionalInterface
public interface LearnerFactory extends Serializable {
  /**
   * A learner for a policy's arguments (a command line, see {@code Learners}): fresh where {@code
   * modelBytes} is null, else going on from them.
   *
   * @param minPropensity smallest propensity that it learns from; below, examples are refused
   * @throws IllegalArgumentException when the arguments are wrong
   */
  Learner open(String arguments, byte @Nullable [] modelBytes, double minPropensity);
}
