package io.waggle.core.evaluate;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * How many decisions an experiment of two arms needs, by the normal approximation and for one look
 * at the end. Looking at every step costs: {@link AsymptoticSequence#halfWidth} over the standard
 * error takes the place of {@code z(1 - alpha/2)}. Stateless; any thread.
 */
public final class SampleSize {
  private static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

  private SampleSize() {}

  /**
   * Probability to see the effect: {@code 1 - Phi(z - effect/se) + Phi(-z - effect/se)}.
   *
   * @param effect difference of the arms' means, in rewards
   * @param standardError of that difference, above 0
   * @param alpha in (0, 1), both sides together
   */
  public static double power(double effect, double standardError, double alpha) {
    double z = STANDARD.inverseSurvivalProbability(alpha / 2);
    double ratio = effect / standardError;
    return STANDARD.survivalProbability(z - ratio) + STANDARD.cumulativeProbability(-z - ratio);
  }

  /**
   * Decisions that each arm needs: {@code 2 (z(1 - alpha/2) + z(power))^2 sd^2 / effect^2}.
   *
   * @param standardDeviation of a decision's reward, above 0; {@code sqrt(p (1 - p))} for clicks
   * @param effect smallest difference worth seeing, in rewards; not 0
   * @param alpha in (0, 1), both sides together
   * @param power in (0, 1): probability to see it
   * @throws IllegalArgumentException when one of them is out of range
   */
  public static long perArm(double standardDeviation, double effect, double alpha, double power) {
    if (!(standardDeviation > 0 && Double.isFinite(standardDeviation))) {
      throw new IllegalArgumentException(
          "standardDeviation: " + standardDeviation + " (expected: finite, above 0)");
    }
    if (!(Math.abs(effect) > 0)) {
      throw new IllegalArgumentException("effect: " + effect + " (expected: not 0)");
    }
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 1))");
    }
    if (!(power > 0 && power < 1)) {
      throw new IllegalArgumentException("power: " + power + " (expected: in (0, 1))");
    }
    double z =
        STANDARD.inverseSurvivalProbability(alpha / 2)
            + STANDARD.inverseCumulativeProbability(power);
    double ratio = z * standardDeviation / effect;
    return (long) Math.ceil(2 * ratio * ratio);
  }
}
