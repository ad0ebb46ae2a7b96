package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.BucketForm;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.ItemAttributeFeature;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.NumberForm;
import io.waggle.v1.OnlineForm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ItemFeatureChecksTest {
  @Test
  void aSegmentIsNamedByInteractionsAndByRequests() {
    assertThat(problems(ItemStatisticFeature.newBuilder().setSegmentProperty("device")))
        .containsExactly(
            "features[0].item_statistic.segment_feature: not given (expected: where the request"
                + " names its segment)");
    assertThat(problems(ItemStatisticFeature.newBuilder().setSegmentFeature("user.device")))
        .containsExactly(
            "features[0].item_statistic.segment_property: not given (expected: where an"
                + " interaction names its segment)");
    assertThat(problems(ItemStatisticFeature.newBuilder().setSegments(3)))
        .containsExactly(
            "features[0].item_statistic.segments: 3 (expected: not given without"
                + " segment_property)");
    assertThat(
            problems(
                ItemStatisticFeature.newBuilder()
                    .setSegmentProperty("device")
                    .setSegmentFeature("user.device")
                    .setSegments(3)))
        .isEmpty();
  }

  @Test
  void boundsOfBucketsRise() {
    assertThat(
            problems(
                NumberForm.newBuilder()
                    .setBuckets(BucketForm.newBuilder().addBounds(1).addBounds(1))))
        .containsExactly(
            "features[0].item_attribute.form.buckets.bounds[1]: 1.0 (expected: above the bound"
                + " before it)");
  }

  @Test
  void anAttributeIsNotScaledOnline() {
    assertThat(problems(NumberForm.newBuilder().setOnline(OnlineForm.getDefaultInstance())))
        .containsExactly(
            "features[0].item_attribute.form: online (expected: plain, log, buckets or scaled)");
  }

  private static List<String> problems(NumberForm.Builder form) {
    return problems(
        FeatureConfig.newBuilder()
            .setItemAttribute(
                ItemAttributeFeature.newBuilder().setAttribute("price").setForm(form))
            .build());
  }

  private static List<String> problems(ItemStatisticFeature.Builder statistic) {
    return problems(FeatureConfig.newBuilder().setItemStatistic(statistic).build());
  }

  private static List<String> problems(FeatureConfig feature) {
    List<String> problems = new ArrayList<>();
    ItemFeatureChecks.check(
        List.of(feature),
        (field, value, expected) ->
            problems.add(field + ": " + value + " (expected: " + expected + ")"));
    return problems;
  }
}
