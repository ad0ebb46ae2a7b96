package io.waggle.state.item;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import java.time.Duration;
import java.util.List;

/**
 * A declared rate of an item, with every default filled in.
 *
 * @param feature names the feature
 * @param version grows with its meaning, and its counts start anew; at least 1
 * @param of what counts above the line
 * @param per what counts below the line
 * @param halfLife both counts lose half their weight in it
 * @param prior rate of an item of which nothing is known
 * @param weight interactions below the line that the prior is worth
 * @param segmentProperty text among the interactions' properties; empty: one rate for all
 * @param segmentFeature where the request names its segment, as {@code namespace.feature}
 * @param segments segments kept an item, the first ones to arrive
 */
public record ItemStatisticSettings(
    String feature,
    int version,
    InteractionFilter of,
    InteractionFilter per,
    Duration halfLife,
    double prior,
    double weight,
    String segmentProperty,
    String segmentFeature,
    int segments) {

  /** A day. */
  static final Duration DEFAULT_HALF_LIFE = Duration.ofDays(1);

  static final double DEFAULT_WEIGHT = 10;
  static final int DEFAULT_SEGMENTS = 10;

  /** The statistics among a surface's features, in their order. */
  public static List<ItemStatisticSettings> among(List<FeatureConfig> features) {
    return features.stream()
        .filter(FeatureConfig::hasItemStatistic)
        .map(ItemStatisticSettings::of)
        .toList();
  }

  /** Of one feature, which is an {@code item_statistic}. */
  public static ItemStatisticSettings of(FeatureConfig feature) {
    ItemStatisticFeature statistic = feature.getItemStatistic();
    return new ItemStatisticSettings(
        feature.getName(),
        Math.max(1, feature.getVersion()),
        statistic.getOf(),
        statistic.getPer(),
        statistic.hasHalfLife()
            ? Duration.ofSeconds(
                statistic.getHalfLife().getSeconds(), statistic.getHalfLife().getNanos())
            : DEFAULT_HALF_LIFE,
        statistic.getPrior(),
        statistic.hasWeight() ? statistic.getWeight() : DEFAULT_WEIGHT,
        statistic.getSegmentProperty(),
        statistic.getSegmentFeature(),
        statistic.hasSegments() ? statistic.getSegments() : DEFAULT_SEGMENTS);
  }
}
