package io.waggle.core.evaluate;

/**
 * The population stability index: how far two histograms of the same bins lie apart, {@code sum
 * (actual - expected) ln(actual / expected)} over the bins' shares. Symmetric, at least 0. By
 * custom below 0.1 nothing has changed and above 0.25 much has; it is a size, not a test, and the
 * noise of few counts raises it by about {@code (bins - 1) (1/n + 1/m)}. Stateless; any thread.
 */
public final class StabilityIndex {
  /** From here something has changed. */
  public static final double SOME = 0.1;

  /** From here much has. */
  public static final double MUCH = 0.25;

  /** What an empty bin counts as, or one empty bin would make it infinite. */
  private static final double LEAST_SHARE = 1e-4;

  private StabilityIndex() {}

  /**
   * The index of two histograms.
   *
   * @param expected {@code double[bins]}, counts or shares, at least 0, not all 0
   * @param actual the same bins
   * @throws IllegalArgumentException when they are not
   */
  public static double of(double[] expected, double[] actual) {
    if (expected.length != actual.length) {
      throw new IllegalArgumentException(
          "actual: " + actual.length + " (expected: as many bins, " + expected.length + ")");
    }
    double expectedSum = sum("expected", expected);
    double actualSum = sum("actual", actual);
    double index = 0;
    for (int bin = 0; bin < expected.length; bin++) {
      double before = Math.max(LEAST_SHARE, expected[bin] / expectedSum);
      double after = Math.max(LEAST_SHARE, actual[bin] / actualSum);
      index += (after - before) * Math.log(after / before);
    }
    return index;
  }

  private static double sum(String name, double[] histogram) {
    double sum = 0;
    for (double bin : histogram) {
      if (!(bin >= 0)) {
        throw new IllegalArgumentException(name + ": " + bin + " (expected: at least 0)");
      }
      sum += bin;
    }
    if (!(sum > 0 && Double.isFinite(sum))) {
      throw new IllegalArgumentException(name + ": sum " + sum + " (expected: finite, above 0)");
    }
    return sum;
  }
}
