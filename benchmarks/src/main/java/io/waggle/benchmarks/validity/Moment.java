package io.waggle.benchmarks.validity;

/**
 * One decision's world.
 *
 * @param rates probability of a reward of 1 by action, {@code double[actions]}
 * @param logger the logging policy's probabilities, {@code double[actions]}, sums to 1
 * @param target the evaluated policy's, the same shape
 */
record Moment(double[] rates, double[] logger, double[] target) {
  /** Expected reward of the evaluated policy. */
  double targetValue() {
    return value(target);
  }

  /** Expected reward of the logging policy. */
  double loggerValue() {
    return value(logger);
  }

  private double value(double[] probabilities) {
    double value = 0;
    for (int action = 0; action < rates.length; action++) {
      value += probabilities[action] * rates[action];
    }
    return value;
  }
}
