package io.waggle.core.offline;

/**
 * An estimate of a mean reward, or of a difference of two, in reward units.
 *
 * @param value the estimate
 * @param lower lower end of its interval
 * @param upper upper end
 */
public record Estimate(double value, double lower, double upper) {
  /** True: it has an interval. */
  public boolean hasInterval() {
    return Double.isFinite(lower) && Double.isFinite(upper);
  }

  static Estimate alone(double value) {
    return new Estimate(value, Double.NaN, Double.NaN);
  }

  static Estimate around(double value, double halfWidth) {
    return new Estimate(value, value - halfWidth, value + halfWidth);
  }
}
