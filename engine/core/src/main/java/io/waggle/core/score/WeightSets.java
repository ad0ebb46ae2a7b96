package io.waggle.core.score;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How many weight sets a learner keeps, and which of them predict ({@code parse_args.cc}, {@code
 * learner.h}). With b = 2 for {@code --cb_type dr}, else 1: bag of N has N b sets, cover of N has
 * (N + 1) b, twice that for mtr, rnd of N has (N + 1) b, everything else b.
 *
 * @param scale the number of sets, rounded up to a power of two
 * @param predicting offsets of the sets that predict costs; bag's policies are one each
 * @param policies offsets of the sets that exploration ranks by, one for each of its policies: of
 *     cover 0, 2, 3 and so on, because set 1 regresses on costs
 */
public record WeightSets(int scale, List<Integer> predicting, List<Integer> policies) {

  private static final List<Integer> FIRST = List.of(0);

  public WeightSets {
    predicting = List.copyOf(predicting);
    policies = List.copyOf(policies);
  }

  /** Those of a learner with these options. */
  public static WeightSets of(LearnerOptions options) {
    String costs = options.first("--cb_type", "mtr");
    int base = costs.equals("dr") ? 2 : 1;
    if (options.has("--bag")) {
      int bag = options.number("--bag", 1);
      List<Integer> sets = IntStream.range(0, bag).mapToObj(policy -> policy * base).toList();
      return new WeightSets(scale(bag * base), sets, sets);
    }
    if (options.has("--cover")) {
      int cover = options.number("--cover", 1);
      int sets = (cover + 1) * base;
      return new WeightSets(
          scale(costs.equals("mtr") ? 2 * sets : sets),
          FIRST,
          IntStream.range(0, cover).mapToObj(policy -> policy == 0 ? 0 : policy + 1).toList());
    }
    if (options.has("--rnd")) {
      return new WeightSets(scale((options.number("--rnd", 1) + 1) * base), FIRST, FIRST);
    }
    return new WeightSets(scale(base), FIRST, FIRST);
  }

  private static int scale(int sets) {
    return sets == 1 ? 1 : Integer.highestOneBit(sets - 1) << 1;
  }
}
