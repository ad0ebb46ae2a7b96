package io.waggle.core.score;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which command lines the scorer computes as VW does; a list of what it knows, as an option more
 * may change features, weights or probabilities. Pure.
 */
final class ScorerOptions {
  private static final Set<String> KNOWN =
      words(
          """
          --cb_explore_adf --ccb_explore_adf --cb_adf --cb_sample --cb_type --csoaa_ldf
          --csoaa_rank --epsilon --first_only --greedify --squarecb --regcb --gamma_scale
          --gamma_exponent --mellowness --cb_min_cost --cb_max_cost --softmax --lambda --bag
          --cover --psi --nounif --first --clip_p --no_predict --rank_all --random_seed
          --quadratic --cubic --interactions --ignore --ignore_linear --keep --noconstant
          --permutations --learning_rate --power_t --initial_t --decay_learning_rate --l1 --l2
          --l1_state --l2_state --no_bias_regularization --adaptive --invariant
          --bit_precision --hash --hash_seed --id --loss_function --quantile_tau --expectile_q
          --logistic_min --logistic_max --min_prediction --max_prediction --quiet
          --driver_output_off --save_resume --preserve_performance_counters --holdout_off
          --strict_parse --dont_output_best_constant --log_level
          """);

  private static final Set<String> COST_TYPES = Set.of("mtr", "ips", "dr");

  private ScorerOptions() {}

  /** The names of all that are computed. */
  static Set<String> known() {
    return KNOWN;
  }

  /** The expectation that the options break; null: all are computed. */
  static @Nullable String problem(LearnerOptions options) {
    for (String name : options.names()) {
      if (!KNOWN.contains(name)) {
        return "only options that the scorer computes, not " + name;
      }
    }
    String costs = options.first("--cb_type", "mtr");
    if (!COST_TYPES.contains(costs)) {
      return "--cb_type mtr, ips or dr, not " + costs;
    }
    String ranges = options.has("--regcb") ? Sensitivity.problem(options) : null;
    if (ranges != null) {
      return ranges;
    }
    for (String entry : Interactions.of(options)) {
      if (entry.length() < 2 || entry.indexOf('\\') >= 0) {
        return "interactions of two letters or more, not " + entry;
      }
      if (entry.indexOf(':') >= 0 && options.has("--permutations")) {
        return "--permutations without the interaction " + entry;
      }
    }
    return null;
  }

  private static Set<String> words(String text) {
    return Stream.of(text.strip().split("\\s+")).collect(toUnmodifiableSet());
  }
}
