package io.waggle.core.explain;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How many weight sets a learner keeps, and which of them predict ({@code parse_args.cc}, {@code
 * learner.h}). With b = 2 for {@code --cb_type dr}, else 1: bag of N has N b sets, cover of N has
 * (N + 1) b, twice that for mtr, rnd of N has (N + 1) b, everything else b.
 *
 * @param scale the number of sets, rounded up to a power of two
 * @param predicting offsets of the sets that predict; bag's policies are one each
 */
record WeightSets(int scale, List<Integer> predicting) {

  static WeightSets of(LearnerOptions options) {
    String costs = options.first("--cb_type", "mtr");
    int base = costs.equals("dr") ? 2 : 1;
    if (options.has("--bag")) {
      int policies = options.number("--bag", 1);
      return new WeightSets(
          scale(policies * base),
          IntStream.range(0, policies).mapToObj(policy -> policy * base).toList());
    }
    if (options.has("--cover")) {
      int sets = (options.number("--cover", 1) + 1) * base;
      return new WeightSets(scale(costs.equals("mtr") ? 2 * sets : sets), List.of(0));
    }
    if (options.has("--rnd")) {
      return new WeightSets(scale((options.number("--rnd", 1) + 1) * base), List.of(0));
    }
    return new WeightSets(scale(base), List.of(0));
  }

  private static int scale(int sets) {
    return sets == 1 ? 1 : Integer.highestOneBit(sets - 1) << 1;
  }
}
