package io.waggle.core.declared;

import io.waggle.v1.Action;
import io.waggle.v1.FeatureState;
import org.jspecify.annotations.Nullable;

/** How a feature of each action is encoded. Any thread. */
interface ActionEncoding {
  /** Appends an action's values; one request, one thread. */
  interface OfActions {
    void append(FeatureOutput out, Action action);
  }

  /**
   * What the request's actions get; null: nothing, whatever the action.
   *
   * @param state what the feature keeps of the user; the default instance where nothing
   */
  @Nullable OfActions at(FeatureState state, Situation at);
}
