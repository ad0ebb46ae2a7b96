package io.waggle.core.evaluate;

/**
 * An interval for an effect that may be looked at as often as one likes, where a central limit
 * theorem would give one for a single look: an asymptotic confidence sequence. For comparing
 * policies that answered decisions themselves on their own rewards, which need no range. Immutable;
 * any thread; nanoseconds.
 *
 * <p>From Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and
 * asymptotic confidence sequences" (2021). With n decisions in all, standard error se of the effect
 * and {@code q = n rho^2 + 1}, the interval is the effect plus and minus
 *
 * <pre>
 *   two-sided  se sqrt( 2 q / (n rho^2) ln( sqrt(q) / alpha ) )
 *   one-sided  se sqrt( 2 q / (n rho^2) ln( 1 + sqrt(q) / (2 alpha) ) )
 * </pre>
 *
 * <p>Beside bounds like {@link PolicyEvaluator}'s it is narrower and needs no largest reward, but
 * holds only as n grows: its first looks, at some hundred decisions, claim too much. The standard
 * error is the caller's, who must take its decisions to be independent.
 */
public final class AsymptoticSequence {
  private final double alpha;
  private final double rhoSquared;
  private final boolean twoSided;

  private AsymptoticSequence(double alpha, double rhoSquared, boolean twoSided) {
    this.alpha = alpha;
    this.rhoSquared = rhoSquared;
    this.twoSided = twoSided;
  }

  /**
   * Both ends hold together.
   *
   * @param alpha in (0, 0.5): probability to ever miss
   * @param tightestAt decisions at which the interval is narrowest beside one for a single look
   * @throws IllegalArgumentException when one of them is out of range
   */
  public static AsymptoticSequence twoSided(double alpha, double tightestAt) {
    return new AsymptoticSequence(alpha, rhoSquared(alpha, alpha, tightestAt), true);
  }

  /** One end only, the other is infinite; parameters as above. */
  public static AsymptoticSequence oneSided(double alpha, double tightestAt) {
    return new AsymptoticSequence(alpha, rhoSquared(alpha, 2 * alpha, tightestAt), false);
  }

  /** {@code (-2 ln a + ln(1 - 2 ln a)) / N}: within 4 % of the rho^2 that is narrowest at N. */
  private static double rhoSquared(double alpha, double level, double tightestAt) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 0.5))");
    }
    if (!(tightestAt > 0 && Double.isFinite(tightestAt))) {
      throw new IllegalArgumentException(
          "tightestAt: " + tightestAt + " (expected: finite, above 0)");
    }
    double twiceLog = -2 * Math.log(level);
    return (twiceLog + Math.log1p(twiceLog)) / tightestAt;
  }

  /** The mixture's parameter. */
  double rho() {
    return Math.sqrt(rhoSquared);
  }

  /**
   * From the effect to the interval's end.
   *
   * @param count decisions of all arms together, at least 1
   * @param standardError of the effect at this count, at least 0
   */
  public double halfWidth(double count, double standardError) {
    double scaled = count * rhoSquared;
    double q = scaled + 1;
    double log = twoSided ? Math.log(Math.sqrt(q) / alpha) : Math.log1p(Math.sqrt(q) / (2 * alpha));
    return standardError * Math.sqrt(2 * q / scaled * log);
  }

  /**
   * The p-value of no effect (one-sided: of none or a negative one) at this look: the alpha at
   * which the interval, with this rho, would end at 0. The least over all looks is valid whenever
   * one stops; whoever wants that keeps it. {@code 1 / p} is an e-value where p is two-sided.
   *
   * @param count as above
   * @param standardError as above, above 0
   */
  public double pValue(double count, double effect, double standardError) {
    if (!twoSided && effect <= 0) {
      return 1;
    }
    double scaled = count * rhoSquared;
    double q = scaled + 1;
    double ratio = effect / standardError;
    double exponent = scaled * ratio * ratio / (2 * q);
    double p =
        twoSided ? Math.sqrt(q) * Math.exp(-exponent) : Math.sqrt(q) / (2 * Math.expm1(exponent));
    return Math.min(1, p);
  }
}
