package io.waggle.state.feature;

import io.waggle.v1.DecayedFeature;
import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;

/** Folds a decayed sum. Immutable; any thread. */
final class DecayedFold implements KindFold {
  private final Matching of;
  private final String sum;
  private final long halfLifeMillis;

  DecayedFold(DecayedFeature feature) {
    of = new Matching(feature.getOf());
    sum = feature.getSum();
    halfLifeMillis = FeatureDefaults.millis(feature.getHalfLife());
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.DECAYED;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    double amount = of.counts(interaction) ? Matching.amount(interaction, sum) : Double.NaN;
    if (Double.isNaN(amount)) {
      return false;
    }
    next.setDecayed(
        Decays.add(known.getDecayed(), amount, interaction.getEventTimeMillis(), halfLifeMillis));
    return true;
  }
}
