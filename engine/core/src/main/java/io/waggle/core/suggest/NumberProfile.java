package io.waggle.core.suggest;

/** Count, mean, deviation and range of numbers, one at a time (Welford 1962). Not thread-safe. */
final class NumberProfile {
  private long count;
  private double mean;
  private double squares;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  void add(double number) {
    count++;
    double off = number - mean;
    mean += off / count;
    squares += off * (number - mean);
    min = Math.min(min, number);
    max = Math.max(max, number);
  }

  long count() {
    return count;
  }

  double mean() {
    return mean;
  }

  /** Standard deviation of the numbers seen; 0 for fewer than two. */
  double deviation() {
    return count < 2 ? 0 : Math.sqrt(squares / count);
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }
}
