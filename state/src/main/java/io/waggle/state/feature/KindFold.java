package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;

/** How the state of one feature changes with an interaction. Pure; any thread. */
interface KindFold {
  /** The kind whose state it keeps. */
  FeatureState.KindCase kind();

  /**
   * Adds an interaction, if it counts, and cuts the state to what the declaration bounds.
   *
   * @param known the state so far; the default instance where there is none
   * @param session the sessions after the interaction
   * @param next receives the kind's part of the state
   * @return false: nothing changed and {@code next} is not to be used
   */
  boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next);
}
