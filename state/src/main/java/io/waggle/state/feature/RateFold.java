package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.RateFeature;
import io.waggle.v1.RateState;

/** Folds the two counts of a rate. Immutable; any thread. */
final class RateFold implements KindFold {
  private final Matching above;
  private final Matching below;
  private final long halfLifeMillis;

  RateFold(RateFeature feature) {
    above = new Matching(feature.getOf());
    below = new Matching(feature.getPer());
    halfLifeMillis = FeatureDefaults.halfLifeMillis(feature);
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.RATE;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    boolean isAbove = above.counts(interaction);
    boolean isBelow = below.counts(interaction);
    if (!isAbove && !isBelow) {
      return false;
    }
    long timeMillis = interaction.getEventTimeMillis();
    RateState.Builder rate = known.getRate().toBuilder();
    if (isAbove) {
      rate.setAbove(Decays.add(rate.getAbove(), 1, timeMillis, halfLifeMillis));
    }
    if (isBelow) {
      rate.setBelow(Decays.add(rate.getBelow(), 1, timeMillis, halfLifeMillis));
    }
    next.setRate(rate);
    return true;
  }
}
