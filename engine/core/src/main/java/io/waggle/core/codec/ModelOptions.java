package io.waggle.core.codec;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command line, or the options that a model's bytes keep of one, as names and values. Says which
 * the codec knows: an unknown option may stand for a reduction that puts bytes of its own into a
 * model, or for a base learner with other numbers a weight. Immutable; any thread.
 */
public final class ModelOptions {
  /** What chooses the exploration: at most one. */
  private static final Set<String> EXPLORATIONS =
      words("--bag --cover --first --regcb --rnd --softmax --squarecb");

  private static final Set<String> KNOWN =
      words(
          """
          --ccb_explore_adf --cb_explore_adf --cb_adf --cb_sample --cb_type --csoaa_ldf
          --csoaa_rank --epsilon --first_only --greedify --squarecb --gamma_scale
          --gamma_exponent --regcb --mellowness --cb_min_cost --cb_max_cost --softmax --lambda
          --bag --cover --psi --nounif --first --rnd --rnd_alpha --rnd_invlambda --clip_p
          --no_predict --rank_all --random_seed -q --quadratic --cubic --interactions --ignore
          --ignore_linear --keep --noconstant --permutations --leave_duplicate_interactions
          --sort_features --feature_limit -l --learning_rate --power_t --initial_t
          --decay_learning_rate --l1 --l2 --l1_state --l2_state --no_bias_regularization --sgd
          --adaptive --invariant --normalized -b --bit_precision -C --constant --hash
          --hash_seed --id --initial_weight --random_weights --normal_weights
          --truncated_normal_weights --loss_function --quantile_tau --expectile_q
          --logistic_min --logistic_max --min_prediction --max_prediction --quiet
          --driver_output_off --save_resume --preserve_performance_counters --holdout_off
          --strict_parse --dont_output_best_constant --log_level
          """);

  private final List<Option> options;

  /** An option as written; a flag has no value, and of several values there is one for each. */
  private record Option(String name, @Nullable String value) {}

  private ModelOptions(List<Option> options) {
    this.options = List.copyOf(options);
  }

  /**
   * Reads a command line, options with a value attached included.
   *
   * @throws IllegalArgumentException when it begins with a value
   */
  public static ModelOptions parse(String text) {
    List<Option> options = new ArrayList<>();
    String[] tokens = text.strip().split(" +", -1);
    for (int i = 0; i < tokens.length; ) {
      String token = tokens[i++];
      if (!isName(token)) {
        throw new IllegalArgumentException(
            "options: " + text + " (expected: an option in place of " + token + ")");
      }
      int end = nameEnd(token);
      String name = token.substring(0, end);
      if (end < token.length()) {
        options.add(new Option(name, token.substring(token.charAt(end) == '=' ? end + 1 : end)));
      } else if (i == tokens.length || isName(tokens[i])) {
        options.add(new Option(name, null));
      }
      for (; end == token.length() && i < tokens.length && !isName(tokens[i]); i++) {
        options.add(new Option(name, tokens[i]));
      }
    }
    return new ModelOptions(options);
  }

  /**
   * Whether models of a learner with this command line can be read here: null when they can, else
   * the expectation that it breaks.
   */
  public static @Nullable String problem(String arguments) {
    try {
      return parse(arguments).problem();
    } catch (IllegalArgumentException e) {
      return "options of Vowpal Wabbit";
    }
  }

  @Nullable String problem() {
    for (Option option : options) {
      if (!KNOWN.contains(option.name())) {
        return "only options that the model codec knows, not " + option.name();
      }
    }
    List<String> explorations =
        options.stream().map(Option::name).filter(EXPLORATIONS::contains).distinct().toList();
    return explorations.size() > 1 ? "one kind of exploration, not " + explorations : null;
  }

  /** True: the option is given. */
  public boolean has(String name) {
    return options.stream().anyMatch(option -> option.name().equals(name));
  }

  /** The first value of an option; empty: none is given. */
  public Optional<String> value(String name) {
    return values(name).stream().findFirst();
  }

  /** Every value of an option that may be repeated. */
  public List<String> values(String name) {
    return options.stream()
        .filter(option -> option.name().equals(name))
        .flatMap(option -> Stream.ofNullable(option.value()))
        .toList();
  }

  private static boolean isName(String token) {
    return token.startsWith("--") || token.matches("-[a-zA-Z].*");
  }

  /** Where a name ends: at the equals sign, or of a short one after its letter. */
  private static int nameEnd(String token) {
    int equals = token.indexOf('=');
    return token.startsWith("--") ? equals < 0 ? token.length() : equals : 2;
  }

  private static Set<String> words(String text) {
    return Stream.of(text.strip().split("\\s+")).collect(toUnmodifiableSet());
  }
}
