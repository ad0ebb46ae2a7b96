package io.waggle.state.feature;

import com.google.protobuf.Duration;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.LastFeature;
import io.waggle.v1.RateFeature;

/** What a declaration means where it says nothing. Pure; any thread. */
public final class FeatureDefaults {
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;
  private static final long RATE_HALF_LIFE_MILLIS = 30 * DAY_MILLIS;
  private static final long AFFINITY_HALF_LIFE_MILLIS = 7 * DAY_MILLIS;
  private static final int MOST_LAST = 5;
  private static final int MOST_AFFINITIES = 20;
  private static final double RATE_WEIGHT = 10;

  private FeatureDefaults() {}

  /** At least 1. */
  public static int version(FeatureConfig feature) {
    return Math.max(1, feature.getVersion());
  }

  /** Values kept. */
  public static int most(LastFeature last) {
    return last.hasMost() ? last.getMost() : MOST_LAST;
  }

  /** Values kept. */
  public static int most(AffinityFeature affinity) {
    return affinity.hasMost() ? affinity.getMost() : MOST_AFFINITIES;
  }

  /** Half-life of the counts, milliseconds. */
  public static long halfLifeMillis(AffinityFeature affinity) {
    return affinity.hasHalfLife() ? millis(affinity.getHalfLife()) : AFFINITY_HALF_LIFE_MILLIS;
  }

  /** Half-life of both counts, milliseconds. */
  public static long halfLifeMillis(RateFeature rate) {
    return rate.hasHalfLife() ? millis(rate.getHalfLife()) : RATE_HALF_LIFE_MILLIS;
  }

  /** Interactions below the line that the prior is worth. */
  public static double weight(RateFeature rate) {
    return rate.hasWeight() ? rate.getWeight() : RATE_WEIGHT;
  }

  /** Whole milliseconds of a duration. */
  public static long millis(Duration duration) {
    return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
  }
}
