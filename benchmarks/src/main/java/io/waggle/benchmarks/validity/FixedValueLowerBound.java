package io.waggle.benchmarks.validity;

/**
 * A lower bound for the mean of non-negative terms that does not move, valid at every look: the
 * closed form (proposition 2) of Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro, "Anytime-valid
 * off-policy inference for contextual bandits" (2024), without a reward model. Here to be compared:
 * it is tight, and loses its validity where the mean moves, because it weighs early terms more.
 *
 * <p>With predictions xihat, the mean of the terms before, at most 1, {@code psi(l) = -ln(1-l) - l}
 * and bets {@code l_t = min(1/2, sqrt(2 ln(1/alpha) / (v t ln(1+t))))} for the variance v before,
 *
 * <pre>
 *   L = ( sum l xi - ln(1/alpha) - sum (xi - xihat)^2 psi(l) ) / sum l
 * </pre>
 */
final class FixedValueLowerBound {
  private static final double LARGEST_BET = 0.5;

  private final double threshold;
  private double count;
  private double sum;
  private double prediction = 0.5;
  private double squares = 0.25;
  private double bets;
  private double won;

  FixedValueLowerBound(double alpha) {
    this.threshold = -Math.log(alpha);
  }

  /** One term; finite, at least 0. */
  void add(double term) {
    count++;
    double variance = squares / count;
    double bet =
        Math.min(LARGEST_BET, Math.sqrt(2 * threshold / (variance * count * Math.log1p(count))));
    double deviation = term - prediction;
    won += bet * term - deviation * deviation * (-Math.log1p(-bet) - bet);
    bets += bet;
    sum += term;
    prediction = Math.min(1, sum / count);
    squares += (term - prediction) * (term - prediction);
  }

  /** The bound now; 0 before the first term. */
  double lower() {
    return count == 0 ? 0 : Math.max(0, (won - threshold) / bets);
  }
}
