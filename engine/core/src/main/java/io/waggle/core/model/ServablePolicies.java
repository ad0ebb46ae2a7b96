package io.waggle.core.model;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.policy.Policy;
import io.waggle.core.score.Scorer;
import io.waggle.state.model.ServableModel;
import org.jspecify.annotations.Nullable;

/** Published models as policies that any number of threads share, without native code. */
public final class ServablePolicies {
  private ServablePolicies() {}

  /**
   * Reads a model, every number of it.
   *
   * @throws IllegalArgumentException naming the field, where it stands, and the rule it broke: the
   *     bytes are no whole model, or the learner is none that can be scored here
   */
  public static Policy of(ServableModel model) {
    byte[] bytes = model.bytes().toByteArray();
    if (!Learners.isVowpalWabbit(model.arguments())) {
      // Nobody teaches it, so its predictions change nothing and need no lock.
      return Learners.open(model.arguments(), bytes, VowpalWabbitLearner.DEFAULT_MIN_PROPENSITY);
    }
    VowpalWabbitModel read = VowpalWabbitModel.parse(bytes);
    String other = KeptOptions.problem(model.arguments(), read.header());
    if (other != null) {
      throw new IllegalArgumentException(other);
    }
    return Scorer.of(model.arguments(), read);
  }

  /**
   * Why no version of a learner with these arguments answers requests, as {@code arguments: value
   * (expected: ...)}; null: they may.
   */
  static @Nullable String problem(String arguments) {
    String expected = Learners.isVowpalWabbit(arguments) ? Scorer.problem(arguments) : null;
    return expected == null ? null : "arguments: " + arguments + " (expected: " + expected + ")";
  }
}
