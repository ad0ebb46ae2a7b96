package io.waggle.benchmarks.freshness;

import io.waggle.app.report.MetricsPage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a Prometheus histogram gained between two looks. Immutable.
 *
 * @param buckets count by upper bound, milliseconds, ascending; empty buckets are left out
 */
record Histogram(Map<Double, Long> buckets) {

  static Histogram between(MetricsPage before, MetricsPage after, String name) {
    Map<Double, Long> buckets = new LinkedHashMap<>();
    double below = 0;
    for (String bound : after.values("le", name)) {
      if (bound.equals("+Inf")) {
        // The service counts what is longer than its last bound there; it cannot be placed.
        continue;
      }
      double now = after.sum(name, "le", bound) - before.sum(name, "le", bound);
      if (now > below) {
        buckets.put(Double.parseDouble(bound) * 1_000, Math.round(now - below));
        below = now;
      }
    }
    return new Histogram(buckets);
  }

  long count() {
    return buckets.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Upper bound of the bucket that holds the percentile, milliseconds; 0 where there is none. */
  double percentileMillis(double percentile) {
    double wanted = count() * percentile / 100;
    long seen = 0;
    for (Map.Entry<Double, Long> bucket : buckets.entrySet()) {
      seen += bucket.getValue();
      if (seen >= wanted) {
        return bucket.getKey();
      }
    }
    return 0;
  }
}
