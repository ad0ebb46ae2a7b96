package io.waggle.core.evaluate;

/**
 * An interval for a value, in rewards. Which method made it and at which error probability is the
 * maker's to say.
 *
 * @param lower not NaN, negative infinity where nothing bounds it
 * @param upper at least lower, infinity where nothing bounds it
 */
public record Interval(double lower, double upper) {
  /** Holds every value: nothing is known. */
  public static final Interval UNBOUNDED =
      new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  /**
   * Checks the order.
   *
   * @throws IllegalArgumentException when lower is above upper, or either is NaN
   */
  public Interval {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "interval: " + lower + " to " + upper + " (expected: lower at most upper)");
    }
  }

  /** True: the value lies in it, ends included. */
  public boolean holds(double value) {
    return lower <= value && value <= upper;
  }

  /** From end to end; may be infinite. */
  public double width() {
    return upper - lower;
  }
}
