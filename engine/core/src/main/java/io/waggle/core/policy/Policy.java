package io.waggle.core.policy;

import io.waggle.core.feature.Example;

/** Context to probabilities over actions. */
@FunctionalInterface
public interface Policy {
  /** Probabilities for the example's actions. Does not change the policy. */
  Prediction predict(Example example);
}
