package io.waggle.core.model;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Arrays;
import java.util.List;
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
 *
 * <p>With each option allowed a learner gives probabilities and goes on bit for bit after a model
 * was saved and loaded (tested). Its bytes too are those of a learner that was never interrupted,
 * except with {@code --sparse_weights} (records in any order) and {@code --epsilon_decay}. Left out
 * for not going on: {@code --sgd}, {@code --normalized} alone, {@code --cb_dro}, {@code
 * --autolink}, {@code --marginal}, {@code --stage_poly}, dropout of any kind; for probabilities
 * below 0 or that do not sum to 1: {@code --elim}, {@code --regcbopt}, {@code
 * --baseline_challenger_cb}; for drawing by itself: {@code --cb_sample}.
 */
public final class VowpalWabbitArguments {
  private static final String ONE_RANKING = "--cb_explore_adf";
  private static final String SEVERAL_SLOTS = "--ccb_explore_adf";

  private static final Set<String> FLAGS =
      words(
          """
          --cb_explore_adf --ccb_explore_adf --first_only --greedify --squarecb --regcb --softmax --nounif
          --synthcover --epsilon_decay --constant_epsilon --fixed_significance_level --lb_trick
          --rank_all --no_predict --adaptive --adax --invariant --coin --ftrl --pistol --freegrad
          --project --restart --no_bias_regularization --sparse_weights --random_weights
          --normal_weights --truncated_normal_weights --noconstant --permutations
          --leave_duplicate_interactions --sort_features --multitask --baseline --check_enabled
          --global_only --quiet --driver_output_off --save_resume --preserve_performance_counters
          --holdout_off --strict_parse --dont_output_best_constant
          """);

  private static final Set<String> WITH_VALUE =
      words(
          """
          --epsilon --cb_type --clip_p --cb_min_cost --cb_max_cost --mellowness --lambda --psi
          --bag --cover --first --rnd --rnd_alpha --rnd_invlambda --gamma_scale --gamma_exponent
          --synthcoverpsi --synthcoversize --model_count --min_scope --min_champ_examples
          --epsilon_decay_significance_level --epsilon_decay_estimator_decay --automl
          --global_lease --cm_type --priority_type --priority_challengers --interaction_type
          --oracle_type --automl_significance_level --automl_estimator_decay -l --learning_rate
          --power_t --decay_learning_rate --initial_t --l1 --l2 --l1_state --l2_state --ftrl_alpha
          --ftrl_beta --fepsilon --flipschitz_const --radius --initial_weight --random_seed
          --loss_function --quantile_tau --expectile_q --logistic_min --logistic_max
          --min_prediction --max_prediction --link -b --bit_precision -C --constant --hash
          --hash_seed --affix --nn --lrqfa --interact --boosting --alg --gamma --lr_multiplier
          --id --log_level
          """);

  private static final Set<String> WITH_VALUES =
      words(
          """
          -q --quadratic --cubic --interactions --experimental_full_name_interactions --ignore
          --ignore_linear --keep --redefine --ngram --skips --feature_limit --spelling --lrq
          """);

  /**
   * Options that {@code --ccb_explore_adf} does not bear: with {@code --automl} a prediction
   * changes what is learned and a restored learner does not go on; with {@code --no_predict} it
   * says nothing.
   */
  private static final Set<String> NOT_FOR_SLOTS = Set.of("--automl", "--no_predict");

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
          Map.entry("--boosting", 64));

  /**
   * Options that the bytes keep and that VW adds to those of the command line. The seed is one: the
   * bytes hold the generator's state under its name, and VW refuses two.
   */
  private static final Set<String> TAKEN_TWICE =
      words(
          """
          --random_seed --ngram --skips --spelling --redefine --lrq
          --experimental_full_name_interactions
          """);

  private VowpalWabbitArguments() {}

  /**
   * Checks a command line; VW's own checks of the values come when a learner is opened.
   *
   * @throws IllegalArgumentException as {@code arguments: value (expected: ...)}
   */
  public static void check(String arguments) {
    String expected = problem(arguments);
    if (expected != null) {
      throw new IllegalArgumentException(
          "arguments: " + arguments + " (expected: " + expected + ")");
    }
  }

  /**
   * The command line for a learner that goes on from bytes. Most options are kept in the bytes, but
   * not all ({@code --permutations}, {@code --l1}, {@code --loss_function} ...), so all are given
   * again, except those of {@link #TAKEN_TWICE}. With {@code --preserve_performance_counters} the
   * counters of the bytes go on too: without it they begin at 0, and so would the total weight that
   * {@code --regcb} explores by.
   */
  static String forSavedModel(String arguments) {
    StringBuilder kept = new StringBuilder();
    String[] tokens = tokens(arguments);
    for (int i = 0; i < tokens.length; ) {
      Option option = Option.parse(tokens[i]);
      int end = option == null ? i + 1 : option.endOfValues(tokens, i + 1);
      if (option == null || !TAKEN_TWICE.contains(option.name())) {
        Stream.of(tokens).skip(i).limit(end - i).forEach(token -> kept.append(token).append(' '));
      }
      i = end;
    }
    return kept.append("--preserve_performance_counters").toString();
  }

  /**
   * True: learning answers raw scores, not what was predicted. So do bags, unless the type is mtr,
   * VW's own choice where none is named.
   */
  static boolean learningAnswersScores(String arguments) {
    List<String> tokens = List.of(arguments.replace('=', ' ').strip().split(" +", -1));
    int type = tokens.lastIndexOf("--cb_type");
    return tokens.contains("--bag")
        && type >= 0
        && type + 1 < tokens.size()
        && !tokens.get(type + 1).equals("mtr");
  }

  /** What is wrong with a command line, as the expectation it breaks; null when it is allowed. */
  public static @Nullable String problem(String arguments) {
    if (!arguments.chars().allMatch(c -> c >= ' ' && c <= '~' && "\"'\\".indexOf(c) < 0)) {
      return "printable ASCII without quotes and backslashes";
    }
    boolean single = false;
    boolean severalSlots = false;
    String notForSlots = null;
    String[] tokens = tokens(arguments);
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
      single |= option.name().equals(ONE_RANKING);
      severalSlots |= option.name().equals(SEVERAL_SLOTS);
      if (NOT_FOR_SLOTS.contains(option.name())) {
        notForSlots = option.name();
      }
      i = end;
    }
    if (single == severalSlots) {
      return "--cb_explore_adf among the options, or instead --ccb_explore_adf for several slots";
    }
    return severalSlots && notForSlots != null
        ? "an option that works for several slots, not " + notForSlots
        : null;
  }

  /** True: an allowed command line whose learner fills several slots. */
  public static boolean severalSlots(String arguments) {
    return Arrays.asList(tokens(arguments)).contains(SEVERAL_SLOTS);
  }

  private static String[] tokens(String arguments) {
    return arguments.strip().split(" +", -1);
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
