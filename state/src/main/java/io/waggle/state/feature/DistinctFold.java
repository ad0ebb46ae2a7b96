package io.waggle.state.feature;

import io.waggle.v1.DistinctFeature;
import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;

/** Folds the distinct values. Immutable; any thread. */
final class DistinctFold implements KindFold {
  private final Matching of;
  private final ValueField field;

  DistinctFold(DistinctFeature feature) {
    of = new Matching(feature.getOf());
    field = new ValueField(feature.getField());
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.DISTINCT;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    String text = of.counts(interaction) ? field.of(interaction) : "";
    if (text.isEmpty()) {
      return false;
    }
    next.setDistinct(DistinctSketch.with(known.getDistinct(), Hashes.of(text)));
    return true;
  }
}
