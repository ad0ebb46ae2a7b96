package io.waggle.state.feature;

import io.waggle.v1.QuantileState;
import java.util.Arrays;

/**
 * Quantiles of numbers from -1e6 to 1e6 within 2 % of the number: counts in buckets whose bounds
 * grow by g = 1.02 / 0.98, a bucket standing for the number that is within 2 % of all of it (C.
 * Masson, J. Rim, H. Lee, "DDSketch", VLDB 2019). Numbers smaller than 0.001 count as 0. Since the
 * contract bounds the numbers, so are the buckets: 519 of either sign and 0, none ever merged.
 *
 * <p>The state is a function of the numbers, whatever their order, and a replay gives the same
 * bits. Pure; any thread.
 */
public final class QuantileSketch {
  /** Most buckets. */
  public static final int MAX_BUCKETS = 2 * 519 + 1;

  private static final double ERROR = 0.02;
  private static final double GROWTH = (1 + ERROR) / (1 - ERROR);
  private static final double LN_GROWTH = StrictMath.log(GROWTH);
  private static final double SMALLEST = 1e-3;
  private static final double LARGEST = 1e6;

  private QuantileSketch() {}

  /**
   * The number that a share {@code quantile} of all numbers is at most, as the sketch knows it; NaN
   * where there are none.
   *
   * @param quantile in (0, 1)
   */
  public static double quantile(QuantileState state, double quantile) {
    long total = 0;
    for (long count : state.getCountsList()) {
      total += count;
    }
    double rank = quantile * (total - 1);
    long[] buckets = Gaps.numbers(state.getFirstBucket(), state.getGapsList());
    long below = 0;
    for (int i = 0; i < buckets.length; i++) {
      below += state.getCounts(i);
      if (below > rank) {
        return number(buckets[i]);
      }
    }
    return Double.NaN;
  }

  /** One more number; what is beyond the contract's bound counts as the bound. */
  static QuantileState with(QuantileState state, double number) {
    long bucket = bucket(number);
    long[] buckets = Gaps.numbers(state.getFirstBucket(), state.getGapsList());
    int found = Arrays.binarySearch(buckets, bucket);
    if (found >= 0) {
      return state.toBuilder().setCounts(found, state.getCounts(found) + 1).build();
    }
    int place = -found - 1;
    long[] more = new long[buckets.length + 1];
    System.arraycopy(buckets, 0, more, 0, place);
    more[place] = bucket;
    System.arraycopy(buckets, place, more, place + 1, buckets.length - place);
    QuantileState.Builder next = QuantileState.newBuilder().setFirstBucket((int) more[0]);
    for (int i = 0; i < more.length; i++) {
      next.addGaps(i == 0 ? 0 : (int) (more[i] - more[i - 1]));
      next.addCounts(i == place ? 1 : state.getCounts(i < place ? i : i - 1));
    }
    return next.build();
  }

  private static long bucket(double number) {
    double size = Math.min(Math.abs(number), LARGEST);
    if (size < SMALLEST) {
      return 0;
    }
    long bucket = (long) Math.floor(StrictMath.log(size / SMALLEST) / LN_GROWTH) + 1;
    return number < 0 ? -bucket : bucket;
  }

  private static double number(long bucket) {
    if (bucket == 0) {
      return 0;
    }
    double upper = SMALLEST * StrictMath.pow(GROWTH, (double) Math.abs(bucket));
    return Math.copySign(2 * upper / (GROWTH + 1), (double) bucket);
  }
}
