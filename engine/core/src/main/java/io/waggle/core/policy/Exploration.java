package io.waggle.core.policy;

/** The floor under every distribution that is sampled, and the seeded draw. Pure. */
public final class Exploration {
  private Exploration() {}

  /** {@code (1 - floor) p + floor / actions}, in place; then normalised so that the sum is 1. */
  public static void applyFloor(double[] probabilities, double floor) {
    throw new UnsupportedOperationException(probabilities.length + " " + floor);
  }

  /** Seed of a decision's draw: a stable 64-bit hash of surface and decision id. */
  public static long seed(String surface, String decisionId) {
    throw new UnsupportedOperationException(surface + decisionId);
  }

  /** Index drawn by inverse transform from a uniform number derived from the seed. */
  public static int draw(double[] probabilities, long seed) {
    throw new UnsupportedOperationException(probabilities.length + " " + seed);
  }
}
