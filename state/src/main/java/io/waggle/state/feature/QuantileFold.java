package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.QuantileFeature;

/** Folds the numbers of a property. Immutable; any thread. */
final class QuantileFold implements KindFold {
  private final Matching of;
  private final String property;

  QuantileFold(QuantileFeature feature) {
    of = new Matching(feature.getOf());
    property = feature.getProperty();
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.QUANTILE;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    double number = of.counts(interaction) ? Matching.amount(interaction, property) : Double.NaN;
    if (Double.isNaN(number)) {
      return false;
    }
    next.setQuantile(QuantileSketch.with(known.getQuantile(), number));
    return true;
  }
}
