package io.waggle.core.surface;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.NumberForm;
import java.util.List;

/** The rules of features of an item that no field has alone. Pure. */
final class ItemFeatureChecks {
  private ItemFeatureChecks() {}

  /** Takes a broken rule: where, what is there, and what was expected. */
  @FunctionalInterface
  interface Problems {
    void add(String field, String value, String expected);
  }

  static void check(List<FeatureConfig> features, Problems problems) {
    for (int i = 0; i < features.size(); i++) {
      FeatureConfig feature = features.get(i);
      String field = "features[" + i + "]";
      if (feature.hasItemStatistic()) {
        segments(field + ".item_statistic", feature.getItemStatistic(), problems);
      } else if (feature.hasItemAttribute()) {
        form(field + ".item_attribute.form", feature.getItemAttribute().getForm(), problems);
      }
    }
  }

  private static void segments(String field, ItemStatisticFeature statistic, Problems problems) {
    boolean property = !statistic.getSegmentProperty().isEmpty();
    boolean feature = !statistic.getSegmentFeature().isEmpty();
    if (property && !feature) {
      problems.add(field + ".segment_feature", "not given", "where the request names its segment");
    }
    if (feature && !property) {
      problems.add(
          field + ".segment_property", "not given", "where an interaction names its segment");
    }
    if (statistic.hasSegments() && !property) {
      problems.add(
          field + ".segments",
          Integer.toString(statistic.getSegments()),
          "not given without segment_property");
    }
  }

  private static void form(String field, NumberForm form, Problems problems) {
    List<Double> bounds = form.getBuckets().getBoundsList();
    for (int i = 1; i < bounds.size(); i++) {
      if (!(bounds.get(i) > bounds.get(i - 1))) {
        problems.add(
            field + ".buckets.bounds[" + i + "]",
            Double.toString(bounds.get(i)),
            "above the bound before it");
      }
    }
    if (form.hasOnline()) {
      problems.add(field, "online", "plain, log, buckets or scaled");
    }
  }
}
