package io.waggle.state.feature;

import io.waggle.v1.AffinityFeature;
import io.waggle.v1.AffinityState;
import io.waggle.v1.Decayed;
import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.ValueCount;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds the decayed counts of an attribute's values. While there is room the order of arrival does
 * not matter. Beyond it the weakest leaves for a newcomer of the current session, since a user of
 * strong tastes could never acquire another otherwise; an older newcomer leaves itself. Immutable;
 * any thread.
 */
final class AffinityFold implements KindFold {
  private final Matching of;
  private final ValueField field;
  private final int most;
  private final long halfLifeMillis;

  AffinityFold(AffinityFeature feature) {
    of = new Matching(feature.getOf());
    field = new ValueField(feature.getField());
    most = FeatureDefaults.most(feature);
    halfLifeMillis = FeatureDefaults.halfLifeMillis(feature);
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.AFFINITY;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    List<ValueCount> before = known.getAffinity().getValuesList();
    String value = of.counts(interaction) ? field.of(interaction) : "";
    if (value.isEmpty() && before.size() <= most) {
      return false;
    }
    long timeMillis = interaction.getEventTimeMillis();
    List<ValueCount> values = new ArrayList<>(before);
    while (values.size() > most) {
      values.remove(weakest(values, timeMillis));
    }
    if (!value.isEmpty()) {
      add(values, value, timeMillis, session.inCurrent(timeMillis));
    }
    next.setAffinity(AffinityState.newBuilder().addAllValues(values));
    return true;
  }

  private void add(List<ValueCount> values, String value, long timeMillis, boolean isCurrent) {
    int place = 0;
    while (place < values.size() && values.get(place).getValue().compareTo(value) < 0) {
      place++;
    }
    if (place < values.size() && values.get(place).getValue().equals(value)) {
      values.set(place, counted(values.get(place), timeMillis));
      return;
    }
    if (values.size() >= most) {
      if (!isCurrent) {
        return;
      }
      int weakest = weakest(values, timeMillis);
      values.remove(weakest);
      place -= weakest < place ? 1 : 0;
    }
    values.add(place, counted(ValueCount.newBuilder().setValue(value).build(), timeMillis));
  }

  private ValueCount counted(ValueCount value, long timeMillis) {
    Decayed count = Decays.add(value.getCount(), 1, timeMillis, halfLifeMillis);
    return value.toBuilder().setCount(count).build();
  }

  /** Of equal ones the first by value. */
  private int weakest(List<ValueCount> values, long timeMillis) {
    int weakest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < values.size(); i++) {
      double strength = Decays.strength(values.get(i).getCount(), timeMillis, halfLifeMillis);
      if (strength < least) {
        weakest = i;
        least = strength;
      }
    }
    return weakest;
  }
}
