package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.SeenFeature;
import io.waggle.v1.SeenForm;
import io.waggle.v1.SeenState;
import io.waggle.v1.TimedText;

/**
 * Folds what was met in the session: the items, or, where the feature compares categories, only the
 * newest category. Immutable; any thread.
 */
final class SeenFold implements KindFold {
  private final Matching of;
  private final boolean comparesCategories;

  SeenFold(SeenFeature feature) {
    of = new Matching(feature.getOf());
    comparesCategories = feature.getForm() == SeenForm.SEEN_FORM_SAME_CATEGORY;
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.SEEN;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    if (!of.counts(interaction)) {
      return false;
    }
    return comparesCategories
        ? category(known.getSeen().getCategory(), interaction, next)
        : item(known.getSeen(), interaction, session, next);
  }

  private static boolean item(
      SeenState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    if (interaction.getItemId().isEmpty()) {
      return false;
    }
    long hash = Hashes.of(interaction.getItemId());
    next.setSeen(SeenItems.with(known, hash, interaction.getEventTimeMillis(), session));
    return true;
  }

  /**
   * The newest; of the same time the last by name, so that the order of arrival does not decide.
   */
  private static boolean category(
      TimedText known, Interaction interaction, FeatureState.Builder next) {
    String category = interaction.getCategory();
    int byTime = Long.compare(interaction.getEventTimeMillis(), known.getTimeMillis());
    if (category.isEmpty()
        || byTime < 0
        || (byTime == 0 && category.compareTo(known.getText()) <= 0)) {
      return false;
    }
    next.setSeen(
        SeenState.newBuilder()
            .setCategory(
                TimedText.newBuilder()
                    .setText(category)
                    .setTimeMillis(interaction.getEventTimeMillis())));
    return true;
  }
}
