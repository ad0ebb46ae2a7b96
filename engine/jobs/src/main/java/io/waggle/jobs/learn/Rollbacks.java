package io.waggle.jobs.learn;

import io.waggle.core.feature.FeatureSet;
import io.waggle.core.model.Learner;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelRollback;

/** Opens the learner that a rollback goes back to. */
final class Rollbacks {
  private Rollbacks() {}

  /**
   * A learner with the version's bytes.
   *
   * @param arguments the policy's
   * @throws IllegalArgumentException as {@code name: value (expected: ...)} when the version was
   *     not found, is another command line's or another encoding's, or does not load
   */
  static Learner open(
      ModelRollback rollback, String arguments, double minPropensity, LearnerFactory factory) {
    if (!rollback.getProblem().isEmpty()) {
      throw new IllegalArgumentException("rollback.version: " + rollback.getProblem());
    }
    ModelLineage version = rollback.getLineage();
    expect("arguments", version.getArguments(), arguments);
    expect("feature_set", version.getFeatureSet(), FeatureSet.VERSION);
    // Bytes that were altered on their way load without a word and predict nonsense.
    expect("checksum", ModelParts.checksum(rollback.getModel()), version.getChecksum());
    try {
      return factory.open(arguments, rollback.getModel().toByteArray(), minPropensity);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("rollback.version: does not load: " + e.getMessage(), e);
    }
  }

  private static <T> void expect(String name, T value, T expected) {
    if (!value.equals(expected)) {
      throw new IllegalArgumentException(
          "rollback.version.%s: %s (expected: %s, the policy's own)"
              .formatted(name, value, expected));
    }
  }
}
