package io.waggle.benchmarks.result;

/**
 * A number of a result file with what it may be off by.
 *
 * @param name the same in two files when the same was measured
 * @param low lower end of its interval; NaN: nothing is known of its error
 * @param high upper end
 */
record Measurement(String name, String unit, double value, double low, double high) {
  /** True: the error of both is known. */
  boolean isKnownToErr(Measurement other) {
    return !Double.isNaN(low) && !Double.isNaN(other.low);
  }

  /** True: the intervals have a point in common, so a difference may be chance. */
  boolean overlaps(Measurement other) {
    return low <= other.high && other.low <= high;
  }
}
