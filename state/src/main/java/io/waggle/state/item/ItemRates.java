package io.waggle.state.item;

import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatistics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decayed counts of an item and the rates made from them. Pure; any thread.
 *
 * <p>A count as of {@code t} is the sum of {@code 2^(-(t - t_i) / halfLife)} over its interactions,
 * whatever the order in which they were added, up to rounding. With both counts as of the same
 * time, a rate is {@code (of + weight * prior) / (per + weight)}: with few interactions near the
 * prior, with many near what happened. The prior of a segment is the item's rate over all.
 */
public final class ItemRates {
  private static final double LN_2 = StrictMath.log(2);

  private ItemRates() {}

  /**
   * The counts with one interaction more, which may be older than those counted before.
   *
   * @param of it counts above the line
   * @param per it counts below the line
   */
  static ItemCounts add(
      ItemCounts counts, boolean of, boolean per, long timeMillis, Duration halfLife) {
    long asOfMillis = Math.max(counts.getAsOfMillis(), timeMillis);
    double kept = decay(asOfMillis - counts.getAsOfMillis(), halfLife);
    double added = decay(asOfMillis - timeMillis, halfLife);
    return ItemCounts.newBuilder()
        .setOf(counts.getOf() * kept + (of ? added : 0))
        .setPer(counts.getPer() * kept + (per ? added : 0))
        .setAsOfMillis(asOfMillis)
        .build();
  }

  /**
   * The rate of an item as of a time, milliseconds; at least 0.
   *
   * @param statistics null: nothing is known of the item
   * @param segment the request's; empty, or one that is not kept: over all
   */
  public static double rate(
      @Nullable ItemStatistics statistics,
      ItemStatisticSettings settings,
      String segment,
      long timeMillis) {
    ItemStatistic statistic = statistics == null ? null : find(statistics, settings);
    if (statistic == null) {
      return settings.prior();
    }
    double overall = smoothed(statistic.getAll(), settings, settings.prior(), timeMillis);
    ItemCounts counts = segment.isEmpty() ? null : statistic.getSegmentsMap().get(segment);
    return counts == null ? overall : smoothed(counts, settings, overall, timeMillis);
  }

  static @Nullable ItemStatistic find(ItemStatistics statistics, ItemStatisticSettings settings) {
    for (ItemStatistic statistic : statistics.getStatisticsList()) {
      if (statistic.getFeature().equals(settings.feature())
          && statistic.getFeatureVersion() == settings.version()) {
        return statistic;
      }
    }
    return null;
  }

  /** Counts from ahead of the time (clocks of two machines) count as they are. */
  private static double smoothed(
      ItemCounts counts, ItemStatisticSettings settings, double prior, long timeMillis) {
    double decay = decay(Math.max(0, timeMillis - counts.getAsOfMillis()), settings.halfLife());
    return (counts.getOf() * decay + settings.weight() * prior)
        / (counts.getPer() * decay + settings.weight());
  }

  // StrictMath: the same bits on every machine, and with them the same ranking.
  private static double decay(long ageMillis, Duration halfLife) {
    return StrictMath.exp(-LN_2 * ageMillis / halfLife.toMillis());
  }
}
