package io.waggle.core.offline;

/**
 * Sums over the terms {@code x} of a mean, each counting {@code c} times: the mean and its
 * fixed-time normal interval in O(1). One thread.
 *
 * <p>With {@code c = 1} the half-width is {@code z s / sqrt(n)}, s the sample standard deviation;
 * with {@code c = 1 / (probability that the log kept the decision)} the standard error is that of a
 * ratio of sums, {@code sqrt(sum c^2 (x - mean)^2) / sum c}, with the same n - 1 correction.
 */
final class TermSums {
  private long terms;
  private double counts;
  private double countsSquared;
  private double sum;
  private double squaredCountsSum;
  private double squaredCountsSquares;

  /** One term, finite, counting c times, c finite and above 0. */
  void add(double term, double count) {
    terms++;
    counts += count;
    countsSquared += count * count;
    sum += count * term;
    squaredCountsSum += count * count * term;
    squaredCountsSquares += count * count * term * term;
  }

  double mean() {
    return counts == 0 ? 0 : sum / counts;
  }

  /** Standard error of the mean; 0 with fewer than two terms. */
  double standardError() {
    if (terms < 2) {
      return 0;
    }
    double mean = mean();
    double squares =
        squaredCountsSquares - 2 * mean * squaredCountsSum + mean * mean * countsSquared;
    return Math.sqrt(Math.max(0, squares) * terms / (terms - 1)) / counts;
  }
}
