package io.waggle.app.report;

import io.waggle.server.metric.Delays;
import java.util.Comparator;
import java.util.List;

/**
 * Delays as the buckets of Prometheus' histograms on a page know them: a percentile is the upper
 * bound of the bucket that it falls into. Immutable.
 */
public final class HistogramPage {
  private static final double MILLIS = 1_000;

  private final MetricsPage page;

  public HistogramPage(MetricsPage page) {
    this.page = page;
  }

  /**
   * A bucket.
   *
   * @param bound its upper bound, seconds
   * @param count delays at most that long
   */
  private record Bucket(double bound, double count) {}

  /** What a histogram in seconds has seen; all zero where there is none. */
  public Delays.Summary summary(String name) {
    List<Bucket> buckets =
        page.values("le", name + "_bucket").stream()
            .filter(bound -> !bound.equals("+Inf"))
            .map(
                bound ->
                    new Bucket(Double.parseDouble(bound), page.sum(name + "_bucket", "le", bound)))
            .sorted(Comparator.comparingDouble(Bucket::bound))
            .toList();
    double count = page.sum(name + "_count");
    return new Delays.Summary(
        Math.round(count), at(buckets, 0.5 * count), at(buckets, 0.99 * count), at(buckets, count));
  }

  /** Milliseconds; the largest bound where it is longer than all. */
  private static double at(List<Bucket> buckets, double count) {
    if (count <= 0 || buckets.isEmpty()) {
      return 0;
    }
    return MILLIS
        * buckets.stream()
            .filter(bucket -> bucket.count() >= count)
            .findFirst()
            .orElse(buckets.get(buckets.size() - 1))
            .bound();
  }
}
