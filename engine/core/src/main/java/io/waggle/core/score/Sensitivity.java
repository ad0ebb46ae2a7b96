package io.waggle.core.score;

import io.waggle.core.codec.LearnerCounters;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import org.jspecify.annotations.Nullable;

/**
 * How far one example would move a score: VW 9.3.0's {@code sensitivity} of a learner that goes on
 * ({@code gd.cc}), with its default optimizer. For features x with the adaptive sum a and the
 * normalizer n of their weight, and a target y,
 *
 * <pre>
 * A = a + 4 (score - y)^2 x^2,  M = max(n, |x|)
 * rate * sum(x^2 / (M sqrt(A))) * sqrt((events + 1) / (norms + sum(x^2 / M^2)))
 * </pre>
 *
 * VW takes an approximate reciprocal root, whose last bits depend on the processor. Holds {@code 8
 * << bits} bytes. Immutable; any thread.
 */
final class Sensitivity {
  private static final int ADAPTIVE = 1;
  private static final int NORMALIZER = 2;
  private static final int COLUMNS = 3;
  private static final float DEFAULT_RATE = 0.5f;

  private final float[] adaptive;
  private final float[] normalizers;
  private final float rate;
  private final double totalWeight;
  private final double norms;

  private Sensitivity(float[] adaptive, float[] normalizers, float rate, LearnerCounters counters) {
    this.adaptive = adaptive;
    this.normalizers = normalizers;
    this.rate = rate;
    this.totalWeight = counters.totalWeight();
    this.norms = counters.normalizedSumNormX();
  }

  /**
   * That of a model.
   *
   * @throws IllegalArgumentException as {@code model: ... (expected: ...)} when its bytes have not
   *     the numbers of the optimizer
   */
  static Sensitivity of(LearnerOptions options, VowpalWabbitModel model) {
    LearnerCounters counters = model.learner();
    WeightTable weights = model.weights();
    if (counters == null || (weights.size() > 0 && weights.columns() != COLUMNS)) {
      throw new IllegalArgumentException(
          "model: " + weights.columns() + " numbers a weight (expected: weight, adaptive, norm)");
    }
    int bits = model.header().bits();
    return new Sensitivity(
        column(weights, bits, ADAPTIVE),
        column(weights, bits, NORMALIZER),
        options.decimal("--learning_rate", DEFAULT_RATE),
        counters);
  }

  private static float[] column(WeightTable weights, int bits, int column) {
    return weights.size() == 0 ? new float[1 << bits] : weights.dense(bits, column);
  }

  /** The optimizer that is computed is VW's own choice; the expectation broken, or null. */
  static @Nullable String problem(LearnerOptions options) {
    if (options.has("--ccb_explore_adf")) {
      return "--regcb with one ranking, not several slots";
    }
    for (String name : new String[] {"--adaptive", "--invariant", "--power_t", "--initial_t"}) {
      if (options.has(name)) {
        return "--regcb with the default optimizer, not " + name;
      }
    }
    return options.first("--loss_function", "squared").equals("squared")
        ? null
        : "--regcb with --loss_function squared";
  }

  /** How far the score of an action moves that is told the target once. */
  float toward(float target, float score, TouchedWeights touched) {
    float gradient = 2 * (score - target);
    float squaredGradient = gradient * gradient;
    float moved = 0;
    float norm = 0;
    for (int i = 0; i < touched.size(); i++) {
      float x = touched.value(i);
      float x2 = Math.max(x * x, Float.MIN_NORMAL);
      int index = touched.index(i);
      float sum = adaptive[index] + squaredGradient * x2;
      float largest = Math.max(normalizers[index], (float) Math.sqrt(x2));
      moved += x2 * ((float) (1 / Math.sqrt(sum)) / largest);
      norm += x2 / (largest * largest);
    }
    float average = (float) ((norms + norm) / (totalWeight + 1));
    return rate * moved * (float) (1 / Math.sqrt(average));
  }
}
