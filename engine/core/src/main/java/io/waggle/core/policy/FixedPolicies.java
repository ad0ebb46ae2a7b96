package io.waggle.core.policy;

import io.waggle.v1.PolicyConfig;
import java.util.Optional;

/** The policies that do not learn: uniform, baseline (the first action), table. Thread-safe. */
public final class FixedPolicies {
  private FixedPolicies() {}

  /**
   * The fixed policy of a configuration; empty when it is one that learns. A table's row missing
   * for an action is probability 0; a request none of whose actions is in the table gets uniform.
   */
  public static Optional<Policy> of(PolicyConfig config) {
    throw new UnsupportedOperationException(config.toString());
  }
}
