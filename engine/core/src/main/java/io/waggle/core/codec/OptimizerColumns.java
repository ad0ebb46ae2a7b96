package io.waggle.core.codec;

/**
 * Which column of a table holds what.
 *
 * @param count all columns; the first is the weight
 * @param adaptive the adaptive sum's column; -1: there is none
 * @param normaliser the normaliser's column; -1: there is none
 */
record OptimizerColumns(int count, int adaptive, int normaliser) {
  static OptimizerColumns of(ModelOptions options) {
    boolean adaptive = options.has("--adaptive");
    boolean normalized = options.has("--normalized");
    if (!adaptive && !normalized && !options.has("--sgd") && !options.has("--invariant")) {
      return new OptimizerColumns(3, 1, 2);
    }
    int count = 1 + (adaptive ? 1 : 0) + (normalized ? 1 : 0);
    return new OptimizerColumns(count, adaptive ? 1 : -1, normalized ? count - 1 : -1);
  }
}
