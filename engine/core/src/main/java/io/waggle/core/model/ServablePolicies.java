package io.waggle.core.model;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.policy.Policy;
import io.waggle.core.score.Scorer;
import io.waggle.state.model.ServableModel;

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
    return Learners.isVowpalWabbit(model.arguments())
        ? Scorer.of(model.arguments(), VowpalWabbitModel.parse(bytes))
        // Nobody teaches it, so its predictions change nothing and need no lock.
        : Learners.open(model.arguments(), bytes, VowpalWabbitLearner.DEFAULT_MIN_PROPENSITY);
  }
}
