package io.waggle.core.declared;

import io.waggle.v1.OnlineForm;

/**
 * Scales numbers by the mean and deviation of those before them, old ones fading by a half-life
 * counted in numbers. Exponentially weighted moments: {@code w <- w d + 1, mean <- mean + (x -
 * mean) / w, s <- s d + (x - mean before)(x - mean after)}, variance {@code s / w}, with {@code d =
 * 2^(-1 / halfLife)} (D. H. D. West, "Updating mean and variance estimates", 1979, with decay).
 *
 * <p>Any thread: a lock held for a few operations. Its memory is the process's own and starts anew
 * with it; what a decision used is logged with the decision.
 */
final class OnlineScale {
  /** Numbers met before any is scaled. */
  private static final int WARM_UP = 10;

  private static final int DEFAULT_HALF_LIFE = 100_000;

  private final double decay;
  private long met;
  private double weight;
  private double mean;
  private double squares;

  OnlineScale(OnlineForm form) {
    int halfLife = form.hasHalfLife() ? form.getHalfLife() : DEFAULT_HALF_LIFE;
    decay = StrictMath.pow(2, -1.0 / halfLife);
  }

  /** The number scaled by those before it, within -5 to 5; 0 for the first 10. */
  synchronized double next(double number) {
    double deviation = met < WARM_UP ? 0 : Math.sqrt(squares / weight);
    double scaled = deviation > 0 ? NumberShape.bounded((number - mean) / deviation) : 0;
    met++;
    weight = weight * decay + 1;
    double distance = number - mean;
    mean += distance / weight;
    squares = squares * decay + distance * (number - mean);
    return scaled;
  }
}
