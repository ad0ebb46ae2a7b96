package io.waggle.core.declared;

import io.waggle.state.feature.FeatureDefaults;
import io.waggle.state.feature.Hashes;
import io.waggle.state.feature.SeenItems;
import io.waggle.v1.Action;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.SeenForm;
import io.waggle.v1.SeenState;
import io.waggle.v1.TimedText;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How what is kept of the user is encoded for each action. An action it says nothing of has none.
 */
final class UserActionEncodings {
  private UserActionEncodings() {}

  /** The share of the action's own value; of several values their sum. */
  static ActionEncoding affinity(FeatureConfig feature) {
    AffinityFeature affinity = feature.getAffinity();
    long halfLife = FeatureDefaults.halfLifeMillis(affinity);
    SourceFeature attribute = new SourceFeature(affinity.getActionFeature());
    return (state, at) -> {
      if (state.getAffinity().getValuesCount() == 0) {
        return null;
      }
      Map<String, Double> shares = UserEncodings.shares(state.getAffinity(), halfLife);
      return ofUser(
          feature,
          action -> {
            double share = 0;
            for (String value : attribute.texts(action.getNamespacesList())) {
              share += shares.getOrDefault(value, 0.0);
            }
            return share > 0 ? share : Double.NaN;
          });
    };
  }

  static ActionEncoding seen(FeatureConfig feature) {
    SeenForm form = feature.getSeen().getForm();
    if (form == SeenForm.SEEN_FORM_SAME_CATEGORY) {
      return sameCategory(feature);
    }
    boolean counts = form == SeenForm.SEEN_FORM_COUNT;
    return (state, at) -> {
      SeenState seen = state.getSeen();
      if (!at.lasts() || seen.getHashesCount() == 0) {
        return null;
      }
      return ofUser(
          feature,
          action -> {
            long count =
                SeenItems.count(seen, Hashes.of(action.getId()), at.session().getStartedMillis());
            double number = counts ? StrictMath.log1p((double) count) : 1;
            return count > 0 ? number : Double.NaN;
          });
    };
  }

  private static ActionEncoding sameCategory(FeatureConfig feature) {
    String named = feature.getSeen().getCategoryFeature();
    SourceFeature category = new SourceFeature(named.isEmpty() ? "category" : named);
    return (state, at) -> {
      TimedText newest = state.getSeen().getCategory();
      boolean isOfSession = at.lasts() && newest.getTimeMillis() >= at.session().getStartedMillis();
      if (newest.getText().isEmpty() || !isOfSession) {
        return null;
      }
      return ofUser(
          feature,
          action ->
              category.texts(action.getNamespacesList()).contains(newest.getText())
                  ? 1
                  : Double.NaN);
    };
  }

  private static ActionNumber ofUser(FeatureConfig feature, ToDoubleFunction<Action> of) {
    return new ActionNumber(feature.getName(), null, of);
  }
}
