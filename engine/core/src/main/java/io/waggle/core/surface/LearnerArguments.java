package io.waggle.core.surface;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which learner command lines a configuration may hold. A command line comes from whoever may write
 * a surface, and Vowpal Wabbit would read and write any file and open any port that it names, so
 * only options known to do neither are allowed: a list of what is allowed, because a list of what
 * is dangerous is one release away from a hole. A value that belongs to no option is refused too,
 * since Vowpal Wabbit takes it for a data file. The names are those that 9.3.0 prints for {@code
 * --help}; it takes no abbreviations. Pure; any thread.
 */
final class LearnerArguments {
  private static final Set<String> FLAGS =
      words(
          """
          --cb_explore_adf --first_only --greedify --squarecb --elim --regcb --regcbopt --softmax
          --nounif --synthcover --epsilon_decay --constant_epsilon --fixed_significance_level
          --cb_dro --baseline_challenger_cb --lb_trick --rank_all --no_predict
          --sgd --adaptive --adax --invariant --normalized --coin --ftrl --pistol --freegrad
          --project --restart --no_bias_regularization --sparse_weights --random_weights
          --normal_weights --truncated_normal_weights
          --noconstant --permutations --leave_duplicate_interactions --sort_features --stage_poly
          --batch_sz_no_doubling --lrqdropout --inpass --multitask --dropout --meanfield
          --unweighted_marginals --update_before_learn --compete --baseline --check_enabled
          --global_only
          --quiet --driver_output_off --save_resume --preserve_performance_counters --holdout_off
          --strict_parse --dont_output_best_constant
          """);

  private static final Set<String> WITH_VALUE =
      words(
          """
          --epsilon --cb_type --clip_p --cb_min_cost --cb_max_cost --mellowness --lambda --psi
          --bag --cover --first --rnd --rnd_alpha --rnd_invlambda --gamma_scale --gamma_exponent
          --synthcoverpsi --synthcoversize --cb_dro_alpha --cb_dro_tau --cb_dro_wmax --cb_c_alpha
          --cb_c_tau --model_count --min_scope --min_champ_examples
          --epsilon_decay_significance_level --epsilon_decay_estimator_decay
          --automl --global_lease --cm_type --priority_type --priority_challengers
          --interaction_type --oracle_type --automl_significance_level --automl_estimator_decay
          -l --learning_rate --power_t --decay_learning_rate --initial_t --l1 --l2 --sparse_l2
          --l1_state --l2_state --ftrl_alpha --ftrl_beta --fepsilon --flipschitz_const --radius
          --initial_weight --random_seed --loss_function --quantile_tau --expectile_q
          --logistic_min --logistic_max --min_prediction --max_prediction --link
          -b --bit_precision -C --constant --hash --hash_seed --affix --nn --autolink --marginal
          --initial_denominator --initial_numerator --decay --lrqfa --interact --boosting --alg
          --gamma --batch_sz --sched_exponent --lr_multiplier --id --log_level
          """);

  private static final Set<String> WITH_VALUES =
      words(
          """
          -q --quadratic --cubic --interactions --experimental_full_name_interactions --ignore
          --ignore_linear --keep --redefine --ngram --skips --feature_limit --spelling --lrq
          """);

  /** Options whose value multiplies the learner's memory or time, with the largest allowed. */
  private static final Map<String, Integer> LARGEST =
      Map.ofEntries(
          // 2^24 weights of a full model are 268 MB.
          Map.entry("-b", 24),
          Map.entry("--bit_precision", 24),
          Map.entry("--bag", 64),
          Map.entry("--cover", 64),
          Map.entry("--rnd", 64),
          Map.entry("--synthcoversize", 1000),
          Map.entry("--model_count", 64),
          Map.entry("--automl", 64),
          Map.entry("--nn", 256),
          Map.entry("--boosting", 64),
          Map.entry("--autolink", 16));

  private LearnerArguments() {}

  /** What is wrong with a command line, as the expectation it breaks; null when it is allowed. */
  static @Nullable String problem(String arguments) {
    if (!arguments.chars().allMatch(c -> c >= ' ' && c <= '~' && "\"'\\".indexOf(c) < 0)) {
      return "printable ASCII without quotes and backslashes";
    }
    boolean contextualBandit = false;
    String[] tokens = arguments.strip().split(" +");
    for (int i = 0; i < tokens.length; ) {
      Option option = Option.parse(tokens[i]);
      if (option == null) {
        return "an option in place of " + tokens[i];
      }
      int end = option.endOfValues(tokens, i + 1);
      String problem = option.problem(tokens, i + 1, end);
      if (problem != null) {
        return problem;
      }
      contextualBandit |= option.name().equals("--cb_explore_adf");
      i = end;
    }
    return contextualBandit ? null : "--cb_explore_adf among the options";
  }

  private static Set<String> words(String text) {
    return Stream.of(text.strip().split("\\s+")).collect(toUnmodifiableSet());
  }

  /** An option as written; its first value may be attached ({@code --l2=1}, {@code -b18}). */
  private record Option(String name, @Nullable String attached) {
    static @Nullable Option parse(String token) {
      if (token.startsWith("--")) {
        int equals = token.indexOf('=');
        return equals < 0
            ? new Option(token, null)
            : new Option(token.substring(0, equals), token.substring(equals + 1));
      }
      if (token.length() < 2 || token.charAt(0) != '-') {
        return null;
      }
      return new Option(token.substring(0, 2), token.length() == 2 ? null : token.substring(2));
    }

    /** Index after the values that follow: as many as Vowpal Wabbit would take. */
    int endOfValues(String[] tokens, int start) {
      int wanted =
          attached != null
              ? 0
              : WITH_VALUE.contains(name) ? 1 : WITH_VALUES.contains(name) ? Integer.MAX_VALUE : 0;
      int end = start;
      while (end < tokens.length && end - start < wanted && isValue(tokens[end])) {
        end++;
      }
      return end;
    }

    @Nullable String problem(String[] tokens, int start, int end) {
      if (FLAGS.contains(name)) {
        return attached == null ? null : name + " without a value";
      }
      if (!WITH_VALUE.contains(name) && !WITH_VALUES.contains(name)) {
        return "only options that learn and touch no file or port, not " + name;
      }
      String value = attached != null ? attached : start < end ? tokens[start] : "";
      if (value.isEmpty()) {
        return "a value after " + name;
      }
      Integer largest = LARGEST.get(name);
      if (largest != null && !isWholeNumberUpTo(value, largest)) {
        return name + " a whole number from 1 to " + largest;
      }
      return null;
    }

    private static boolean isValue(String token) {
      return token.charAt(0) != '-' || token.matches("-[0-9.][0-9.eE+-]*");
    }

    private static boolean isWholeNumberUpTo(String value, int largest) {
      return value.matches("[0-9]{1,6}")
          && Integer.parseInt(value) >= 1
          && Integer.parseInt(value) <= largest;
    }
  }
}
