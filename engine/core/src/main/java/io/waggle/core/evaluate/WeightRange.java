package io.waggle.core.evaluate;

/**
 * Which importance weights are possible, seen or not. What {@link CressieRead} and {@link
 * EmpiricalLikelihood} know beyond the log: a policy's weights average 1, so a log in which they
 * average less has missed large ones, and this says how large.
 *
 * @param min smallest possible weight, in [0, 1)
 * @param max largest possible weight, above 1; infinity where the logger's exploration has no floor
 */
public record WeightRange(double min, double max) {
  /** Every weight is possible: right when nothing is known. */
  public static final WeightRange ANY = new WeightRange(0, Double.POSITIVE_INFINITY);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException when min is not in [0, 1) or max not above 1
   */
  public WeightRange {
    if (!(min >= 0 && min < 1)) {
      throw new IllegalArgumentException("min: " + min + " (expected: in [0, 1))");
    }
    if (!(max > 1)) {
      throw new IllegalArgumentException("max: " + max + " (expected: above 1)");
    }
  }

  /** The range with a weight that was seen. */
  WeightRange with(double weight) {
    return new WeightRange(Math.min(min, weight), Math.max(max, weight));
  }
}
