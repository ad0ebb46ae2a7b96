package io.waggle.core.surface;

import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.declared.LocalTimes;
import io.waggle.core.declared.SourceFeature;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.state.feature.ValueField;
import io.waggle.v1.Action;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureScope;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.NumberForm;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.SeenFeature;
import io.waggle.v1.SeenForm;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.WindowFeature;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of declared features that no field has alone. One use; one thread. */
final class FeatureChecks {
  /** Most namespaces that a surface's features may add to a request, and to each action. */
  private static final int MAX_NAMESPACES = 8;

  /** Most features of a namespace: the contract's. */
  private static final int MAX_FEATURES = 1_000;

  /** Takes a broken rule. */
  interface Problems {
    void add(String field, String value, String expected);
  }

  private final SurfaceConfig config;
  private final Problems problems;

  /** Path of the feature at hand, {@code features[2]}. */
  private String at = "";

  private FeatureChecks(SurfaceConfig config, Problems problems) {
    this.config = config;
    this.problems = problems;
  }

  /** Checks a surface whose single fields keep their rules. */
  static void check(SurfaceConfig config, Problems problems) {
    FeatureChecks checks = new FeatureChecks(config, problems);
    for (int i = 0; i < config.getFeaturesCount(); i++) {
      checks.at = "features[" + i + "]";
      checks.feature(config.getFeatures(i));
    }
    checks.names();
    checks.namespaces();
    checks.stateBytes();
  }

  private void feature(FeatureConfig feature) {
    if (FeatureKinds.namespace(feature).equals(SessionFeatures.NAMESPACE)) {
      problem(".namespace", feature.getNamespace(), "not session, which every surface has");
    }
    switch (feature.getKindCase()) {
      case WINDOW -> window(feature.getWindow());
      case DECAYED -> {
        filter(".decayed.of", feature.getDecayed().getOf());
        form(".decayed.form", feature.getDecayed().getForm());
      }
      case RATE -> {
        filter(".rate.of", feature.getRate().getOf());
        filter(".rate.per", feature.getRate().getPer());
      }
      case LAST -> {
        filter(".last.of", feature.getLast().getOf());
        field(".last.field", feature.getLast().getField());
      }
      case TIME_SINCE -> filter(".time_since.of", feature.getTimeSince().getOf());
      case DISTINCT -> {
        filter(".distinct.of", feature.getDistinct().getOf());
        field(".distinct.field", feature.getDistinct().getField());
        form(".distinct.form", feature.getDistinct().getForm());
      }
      case QUANTILE -> quantile(feature.getQuantile());
      case AFFINITY -> affinity(feature.getAffinity());
      case SEEN -> seen(feature.getSeen());
      case LOCAL_TIME -> localTime(feature.getLocalTime());
      case TOKENS -> {
        if (feature.getTokens().getScope() == FeatureScope.FEATURE_SCOPE_ACTION) {
          ofActions(".tokens.source", feature.getTokens().getSource());
        }
      }
      case NUMBER -> {
        form(".number.form", feature.getNumber().getForm());
        if (feature.getNumber().getScope() == FeatureScope.FEATURE_SCOPE_ACTION) {
          ofActions(".number.source", feature.getNumber().getSource());
        }
      }
      case ITEM_ATTRIBUTE -> form(".item_attribute.form", feature.getItemAttribute().getForm());
      case ITEM_STATISTIC -> itemStatistic(feature.getItemStatistic());
      case SESSION, KIND_NOT_SET -> {}
    }
  }

  private void window(WindowFeature window) {
    filter(".window.of", window.getOf());
    form(".window.form", window.getForm());
    Set<Duration> lengths = new HashSet<>();
    for (int i = 0; i < window.getWindowsCount(); i++) {
      Duration length = SurfaceDefaults.duration(window.getWindows(i));
      String field = ".window.windows[" + i + "]";
      if (!length.truncatedTo(ChronoUnit.MINUTES).equals(length)) {
        problem(field, length.toString(), "whole minutes, as a window has 60 equal tiles");
      }
      if (!lengths.add(length)) {
        problem(field, length.toString(), "each window once");
      }
    }
  }

  private void quantile(QuantileFeature quantile) {
    filter(".quantile.of", quantile.getOf());
    form(".quantile.form", quantile.getForm());
    Set<Double> shares = new HashSet<>();
    for (int i = 0; i < quantile.getQuantilesCount(); i++) {
      if (!shares.add(quantile.getQuantiles(i))) {
        problem(
            ".quantile.quantiles[" + i + "]",
            Double.toString(quantile.getQuantiles(i)),
            "each quantile once");
      }
    }
  }

  private void affinity(AffinityFeature affinity) {
    filter(".affinity.of", affinity.getOf());
    field(".affinity.field", affinity.getField());
    if (!affinity.getActionFeature().isEmpty()) {
      ofActions(".affinity.action_feature", affinity.getActionFeature());
    }
  }

  private void seen(SeenFeature seen) {
    filter(".seen.of", seen.getOf());
    boolean compares = seen.getForm() == SeenForm.SEEN_FORM_SAME_CATEGORY;
    if (seen.getCategoryFeature().isEmpty()) {
      return;
    }
    if (compares) {
      ofActions(".seen.category_feature", seen.getCategoryFeature());
    } else {
      problem(
          ".seen.category_feature",
          seen.getCategoryFeature(),
          "not given, unless form is SEEN_FORM_SAME_CATEGORY");
    }
  }

  private void itemStatistic(ItemStatisticFeature statistic) {
    filter(".item_statistic.of", statistic.getOf());
    filter(".item_statistic.per", statistic.getPer());
    boolean property = !statistic.getSegmentProperty().isEmpty();
    boolean feature = !statistic.getSegmentFeature().isEmpty();
    if (property && !feature) {
      problem(
          ".item_statistic.segment_feature", "not given", "where the request names its segment");
    }
    if (feature && !property) {
      problem(
          ".item_statistic.segment_property",
          "not given",
          "where an interaction names its segment");
    }
    if (statistic.hasSegments() && !property) {
      problem(
          ".item_statistic.segments",
          Integer.toString(statistic.getSegments()),
          "not given without segment_property");
    }
  }

  private void localTime(LocalTimeFeature local) {
    if (!local.getZone().isEmpty() && !LocalTimes.isZone(local.getZone())) {
      problem(".local_time.zone", local.getZone(), "an IANA time zone such as Europe/Paris");
    }
  }

  private void filter(String field, InteractionFilter filter) {
    if (filter.getProperty().isEmpty() && filter.getAbove() != 0) {
      problem(field + ".above", Double.toString(filter.getAbove()), "a property to compare");
    }
    Set<String> types = new HashSet<>();
    for (int i = 0; i < filter.getTypesCount(); i++) {
      if (!types.add(filter.getTypes(i))) {
        problem(field + ".types[" + i + "]", filter.getTypes(i), "each type once");
      }
    }
  }

  private void field(String field, String value) {
    if (!ValueField.isKnown(value)) {
      problem(field, value, "item_id, category, type, or properties. and a property's name");
    }
  }

  private void form(String field, NumberForm form) {
    List<Double> bounds = form.getBuckets().getBoundsList();
    for (int i = 1; i < bounds.size(); i++) {
      if (bounds.get(i) <= bounds.get(i - 1)) {
        problem(
            field + ".buckets.bounds[" + i + "]",
            Double.toString(bounds.get(i)),
            "above the bound before it, " + bounds.get(i - 1));
      }
    }
  }

  /**
   * What an action is to have may come from its item, unless it has the namespace itself: so it is
   * known where all actions of the catalogue have that.
   */
  private void ofActions(String field, String source) {
    SourceFeature feature = new SourceFeature(source);
    List<Action> catalogue = config.getCatalogueList();
    boolean isKnown =
        !catalogue.isEmpty()
            && catalogue.stream()
                .allMatch(action -> feature.hasNamespace(action.getNamespacesList()));
    if (isKnown
        && catalogue.stream().allMatch(action -> feature.in(action.getNamespacesList()) == null)) {
      problem(field, source, "a feature that an action of the catalogue has");
    }
  }

  /** Unique among the features, and what the learner sees unique in its namespace. */
  private void names() {
    Set<String> names = new HashSet<>();
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < config.getFeaturesCount(); i++) {
      FeatureConfig feature = config.getFeatures(i);
      at = "features[" + i + "]";
      if (!names.add(feature.getName())) {
        problem(".name", feature.getName(), "unique among the features");
        continue;
      }
      for (String name : FeatureKinds.names(feature)) {
        String path = FeatureKinds.namespace(feature) + "." + name;
        String other = seen.putIfAbsent(path, feature.getName());
        if (other != null && !other.equals(feature.getName())) {
          problem(
              ".name", feature.getName(), "another name, as " + other + " gives " + path + " too");
        }
      }
    }
  }

  private void namespaces() {
    Map<String, Boolean> ofActions = new HashMap<>();
    Map<String, Integer> features = new HashMap<>();
    for (int i = 0; i < config.getFeaturesCount(); i++) {
      FeatureConfig feature = config.getFeatures(i);
      at = "features[" + i + "]";
      String namespace = FeatureKinds.namespace(feature);
      boolean isOfAction = FeatureKinds.isOfAction(feature);
      if (ofActions.getOrDefault(namespace, isOfAction) != isOfAction) {
        problem(
            ".namespace",
            namespace,
            "either of features of the action or of features that actions share");
      }
      ofActions.putIfAbsent(namespace, isOfAction);
      features.merge(namespace, FeatureKinds.most(feature), Integer::sum);
    }
    at = "features";
    for (boolean isOfAction : new boolean[] {false, true}) {
      long count = ofActions.values().stream().filter(each -> each == isOfAction).count();
      if (count > MAX_NAMESPACES) {
        problem("", count + " namespaces", "at most " + MAX_NAMESPACES);
      }
    }
    features.forEach(
        (namespace, count) -> {
          if (count > MAX_FEATURES) {
            problem("", count + " features in " + namespace, "at most " + MAX_FEATURES);
          }
        });
  }

  private void stateBytes() {
    long bytes = config.getFeaturesList().stream().mapToLong(FeatureKinds::stateBytes).sum();
    if (bytes > FeatureKinds.MAX_STATE_BYTES) {
      at = "features";
      problem("", bytes + " bytes of state per user", "at most " + FeatureKinds.MAX_STATE_BYTES);
    }
  }

  private void problem(String field, String value, String expected) {
    problems.add(at + field, value, expected);
  }
}
