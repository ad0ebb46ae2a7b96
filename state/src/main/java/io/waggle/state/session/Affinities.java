package io.waggle.state.session;

import io.waggle.v1.Affinity;
import java.time.Duration;

/**
 * Exponentially decayed counts: {@code value(t) = value(u) * 2^(-(t - u) / halfLife)}. Adding is
 * independent of the order of arrival up to rounding. Pure; any thread.
 */
public final class Affinities {
  private static final double LN_2 = StrictMath.log(2);

  private Affinities() {}

  /** The count as of a time, milliseconds; times before the affinity's own give its own value. */
  public static double valueAt(Affinity affinity, long timeMillis, Duration halfLife) {
    long ageMillis = Math.max(0, timeMillis - affinity.getUpdatedMillis());
    return affinity.getValue() * decay(ageMillis, halfLife);
  }

  /** One more occurrence; an older one than the affinity's time is decayed before it is added. */
  static Affinity add(Affinity affinity, long timeMillis, Duration halfLife) {
    long updatedMillis = Math.max(affinity.getUpdatedMillis(), timeMillis);
    double before = valueAt(affinity, updatedMillis, halfLife);
    return Affinity.newBuilder()
        .setValue(before + decay(updatedMillis - timeMillis, halfLife))
        .setUpdatedMillis(updatedMillis)
        .build();
  }

  /** The first occurrence. */
  static Affinity first(long timeMillis) {
    return Affinity.newBuilder().setValue(1).setUpdatedMillis(timeMillis).build();
  }

  /**
   * Base-2 logarithm of the count as of a time: orders affinities of different ages where the
   * counts themselves would have decayed to zero.
   */
  static double strength(Affinity affinity, long timeMillis, Duration halfLife) {
    double halfLives = (double) (timeMillis - affinity.getUpdatedMillis()) / halfLife.toMillis();
    return StrictMath.log(affinity.getValue()) / LN_2 - halfLives;
  }

  // StrictMath: a replay on another machine gives the same bits, and with them the same ranking.
  private static double decay(long ageMillis, Duration halfLife) {
    return StrictMath.exp(-LN_2 * ageMillis / halfLife.toMillis());
  }
}
