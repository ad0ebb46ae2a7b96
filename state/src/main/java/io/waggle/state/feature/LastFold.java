package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.LastFeature;
import io.waggle.v1.LastState;
import io.waggle.v1.TimedText;
import java.util.List;

/**
 * Keeps the newest distinct values. Each value has its newest time and the values of the newest
 * times stay, so the order of arrival does not matter. Immutable; any thread.
 */
final class LastFold implements KindFold {
  private final Matching of;
  private final ValueField field;
  private final int most;

  LastFold(LastFeature feature) {
    of = new Matching(feature.getOf());
    field = new ValueField(feature.getField());
    most = FeatureDefaults.most(feature);
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.LAST;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    List<TimedText> values = known.getLast().getValuesList();
    String text = of.counts(interaction) ? field.of(interaction) : "";
    if (text.isEmpty()) {
      if (values.size() <= most) {
        return false;
      }
      next.setLast(LastState.newBuilder().addAllValues(values.subList(0, most)));
      return true;
    }
    TimedText newest =
        TimedText.newBuilder()
            .setText(text)
            .setTimeMillis(interaction.getEventTimeMillis())
            .build();
    next.setLast(with(values, newest));
    return true;
  }

  private LastState.Builder with(List<TimedText> values, TimedText newest) {
    LastState.Builder kept = LastState.newBuilder();
    boolean placed = false;
    for (TimedText value : values) {
      boolean isSame = value.getText().equals(newest.getText());
      if (!placed && (isBefore(newest, value) || (isSame && !isBefore(value, newest)))) {
        append(kept, newest);
        placed = true;
      }
      if (isSame) {
        if (!placed) {
          append(kept, value);
          placed = true;
        }
      } else {
        append(kept, value);
      }
    }
    if (!placed) {
      append(kept, newest);
    }
    return kept;
  }

  private void append(LastState.Builder kept, TimedText value) {
    if (kept.getValuesCount() < most) {
      kept.addValues(value);
    }
  }

  /** The order of the list: newest first, of the same time by value. */
  private static boolean isBefore(TimedText one, TimedText other) {
    int byTime = Long.compare(other.getTimeMillis(), one.getTimeMillis());
    return byTime < 0 || (byTime == 0 && one.getText().compareTo(other.getText()) < 0);
  }
}
