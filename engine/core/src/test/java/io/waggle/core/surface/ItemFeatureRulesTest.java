package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ItemFeatureRulesTest {
  @Test
  void aSegmentIsNamedByInteractionsAndByRequests() {
    assertRefused(
        "itemStatistic: {of: {}, per: {}, segmentProperty: device}",
        "features[0].item_statistic.segment_feature: not given (expected: where the request names"
            + " its segment)");
    assertRefused(
        "itemStatistic: {of: {}, per: {}, segmentFeature: user.device}",
        "features[0].item_statistic.segment_property: not given (expected: where an interaction"
            + " names its segment)");
    assertRefused(
        "itemStatistic: {of: {}, per: {}, segments: 3}",
        "features[0].item_statistic.segments: 3 (expected: not given without segment_property)");
  }

  @Test
  void anInteractionsTypesAreEachNamedOnce() {
    assertRefused(
        "itemStatistic: {of: {types: [click, click]}, per: {}}",
        "features[0].item_statistic.of.types[1]: click (expected: each type once)");
  }

  @Test
  void boundsOfBucketsRise() {
    assertRefused(
        "itemAttribute: {attribute: price, form: {buckets: {bounds: [1, 1]}}}",
        "features[0].item_attribute.form.buckets.bounds[1]: 1.0 (expected: above the bound before"
            + " it, 1.0)");
  }

  @Test
  void anActionOfTheCatalogueMayGetAFeatureFromItsItem() {
    String bare = "catalogue: [{id: a}]\n";
    String own = "catalogue: [{id: a, namespaces: [{name: product}]}]\n";
    String number = "number: {source: product.price, scope: FEATURE_SCOPE_ACTION, form: {log: {}}}";

    assertThat(Surface.of(SurfaceFiles.parse(yaml(number) + bare)).catalogue()).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Surface.of(SurfaceFiles.parse(yaml(number) + own)))
        .withMessageContaining(
            "features[0].number.source: product.price (expected: a feature that an action of the"
                + " catalogue has)");
  }

  private static void assertRefused(String kind, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Surface.of(SurfaceFiles.parse(yaml(kind))))
        .withMessageContaining(message);
  }

  private static String yaml(String kind) {
    return """
        name: shop
        livePolicy: uniform
        policies: [{name: uniform, uniform: {}}]
        reward: {}
        features:
          - name: f
            %s
        """
        .formatted(kind);
  }
}
