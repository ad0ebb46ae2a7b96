package io.waggle.core.policy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The floor under every distribution that is sampled, and the seeded draw. Pure; any thread.
 *
 * <p>The seed is part of what a decision logs, so {@link #seed} and {@link #draw} must never
 * change: golden values in the tests hold them still.
 */
public final class Exploration {
  // FNV-1a, 64 bit: offset basis and prime of draft-eastlake-fnv.
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  // Increment of SplitMix64 (Steele, Lea, Flood 2014): the golden ratio as an odd 64-bit number.
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final double UNIT_53 = 0x1.0p-53;

  private Exploration() {}

  /**
   * {@code (1 - floor) p + floor / actions}, in place; then normalised so that the sum is 1.
   *
   * @param probabilities {@code double[actions]}, finite, non-negative; at least one. All 0 says
   *     nothing of any action and becomes uniform
   * @param floor in [0, 1]; 0 only normalises, 1 makes it uniform
   * @throws IllegalArgumentException for anything else; the array is then as before
   */
  public static void applyFloor(double[] probabilities, double floor) {
    if (probabilities.length == 0) {
      throw new IllegalArgumentException("probabilities: none (expected: at least one)");
    }
    double sum = checkedSum(probabilities);
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("floor: " + floor + " (expected: in [0, 1])");
    }
    if (sum == 0) {
      Arrays.fill(probabilities, 1.0 / probabilities.length);
      return;
    }
    double share = floor / probabilities.length;
    double total = 0;
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = (1 - floor) * (probabilities[i] / sum) + share;
      total += probabilities[i];
    }
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= total;
    }
  }

  /**
   * The same over the actions that are left: each gets {@code floor / left}, the others nothing.
   *
   * @param probabilities 0 for {@code earlier}
   * @param earlier distinct actions that other slots have; fewer than there are actions
   * @throws IllegalArgumentException as {@link #applyFloor(double[], double)}
   */
  public static void applyFloor(double[] probabilities, double floor, int[] earlier) {
    if (earlier.length == 0) {
      applyFloor(probabilities, floor);
      return;
    }
    boolean[] taken = new boolean[probabilities.length];
    for (int action : earlier) {
      taken[action] = true;
    }
    double[] left = new double[probabilities.length - earlier.length];
    for (int i = 0, next = 0; i < taken.length; i++) {
      if (!taken[i]) {
        left[next++] = probabilities[i];
      }
    }
    applyFloor(left, floor);
    for (int i = 0, next = 0; i < taken.length; i++) {
      probabilities[i] = taken[i] ? 0 : left[next++];
    }
  }

  /**
   * Seed of the draw for one slot of a decision: the sequence that SplitMix64 makes of the
   * decision's seed, whose first number is the draw of a single ranking.
   */
  public static long slotSeed(long seed, int slot) {
    return seed + slot * GOLDEN_GAMMA;
  }

  /**
   * Seed of a decision's draw: a stable 64-bit hash of surface and decision id.
   *
   * <p>FNV-1a over the UTF-8 bytes of the surface, one byte 0xff (which UTF-8 never holds, so no
   * two pairs share their bytes), and the UTF-8 bytes of the decision id; then the finaliser of
   * SplitMix64, because FNV alone leaves ids that differ in their last character close together.
   */
  public static long seed(String surface, String decisionId) {
    long hash = fnv(FNV_OFFSET, surface);
    hash = (hash ^ 0xff) * FNV_PRIME;
    return mix(fnv(hash, decisionId));
  }

  /**
   * Index drawn by inverse transform from a uniform number derived from the seed: the first index
   * at which the running sum exceeds {@code u * total}. An action of probability 0 is never drawn,
   * whatever the rounding.
   *
   * @param probabilities {@code double[actions]}, finite, non-negative, not all 0; need not sum to
   *     1 exactly
   * @throws IllegalArgumentException for anything else
   */
  public static int draw(double[] probabilities, long seed) {
    double sum = checkedSum(probabilities);
    if (sum == 0) {
      throw new IllegalArgumentException("probabilities: sum 0.0 (expected: above 0)");
    }
    double target = uniform(seed) * sum;
    double running = 0;
    int last = -1;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        running += probabilities[i];
        last = i;
        if (running > target) {
          return i;
        }
      }
    }
    // u * total can round up to the total itself; the last possible action owns that end.
    return last;
  }

  /** A number in [0, 1) on a grid of 2^-53: one step of SplitMix64 from the seed. */
  public static double uniform(long seed) {
    return (mix(seed + GOLDEN_GAMMA) >>> 11) * UNIT_53;
  }

  private static long fnv(long start, String text) {
    long hash = start;
    for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (unit & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** Finaliser of SplitMix64 (Stafford's variant 13 of MurmurHash3's). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  private static double checkedSum(double[] probabilities) {
    double sum = 0;
    for (double probability : probabilities) {
      if (!(probability >= 0)) {
        throw new IllegalArgumentException(
            "probability: " + probability + " (expected: finite, at least 0)");
      }
      sum += probability;
    }
    if (sum == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("probabilities: sum Infinity (expected: finite)");
    }
    return sum;
  }
}
