package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.TimeSinceFeature;
import io.waggle.v1.TimeSinceState;

/** Keeps the newest time. Immutable; any thread. */
final class TimeSinceFold implements KindFold {
  private final Matching of;

  TimeSinceFold(TimeSinceFeature feature) {
    of = new Matching(feature.getOf());
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.TIME_SINCE;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    long timeMillis = interaction.getEventTimeMillis();
    if (timeMillis <= known.getTimeSince().getNewestMillis() || !of.counts(interaction)) {
      return false;
    }
    next.setTimeSince(TimeSinceState.newBuilder().setNewestMillis(timeMillis));
    return true;
  }
}
