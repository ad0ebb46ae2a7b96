package io.waggle.state.feature;

import io.waggle.v1.Decayed;

/**
 * Exponentially decayed sums: {@code value(t) = value(u) * 2^(-(t - u) / halfLife)}. Adding is
 * independent of the order of arrival up to rounding. Pure; any thread.
 */
public final class Decays {
  private static final double LN_2 = StrictMath.log(2);

  private Decays() {}

  /** The sum as of a time; times before the sum's own give its own value. */
  public static double valueAt(Decayed sum, long timeMillis, long halfLifeMillis) {
    long ageMillis = Math.max(0, timeMillis - sum.getUpdatedMillis());
    return sum.getValue() * decay(ageMillis, halfLifeMillis);
  }

  /** One more part; a part older than the sum's time is decayed before it is added. */
  static Decayed add(Decayed sum, double amount, long timeMillis, long halfLifeMillis) {
    long updatedMillis = Math.max(sum.getUpdatedMillis(), timeMillis);
    double before = valueAt(sum, updatedMillis, halfLifeMillis);
    return Decayed.newBuilder()
        .setValue(before + amount * decay(updatedMillis - timeMillis, halfLifeMillis))
        .setUpdatedMillis(updatedMillis)
        .build();
  }

  /**
   * Base-2 logarithm of a positive sum as of a time: orders sums of different ages where the sums
   * themselves would have decayed to zero.
   */
  static double strength(Decayed sum, long timeMillis, long halfLifeMillis) {
    double halfLives = (double) (timeMillis - sum.getUpdatedMillis()) / halfLifeMillis;
    return StrictMath.log(sum.getValue()) / LN_2 - halfLives;
  }

  // StrictMath: a replay on another machine gives the same bits, and with them the same ranking.
  private static double decay(long ageMillis, long halfLifeMillis) {
    return ageMillis == 0 ? 1 : StrictMath.exp(-LN_2 * ageMillis / halfLifeMillis);
  }
}
