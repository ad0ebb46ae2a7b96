package io.waggle.core.declared;

import io.waggle.v1.FeatureState;

/** How a feature that all actions share is encoded. Any thread. */
interface SharedEncoding {
  /**
   * Appends its values.
   *
   * @param state what the feature keeps of the user; the default instance where nothing
   */
  void append(FeatureOutput out, FeatureState state, Situation at);
}
