package io.waggle.core.model;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a policy's VW command line may hold. VW's options can read and write any file, open ports,
 * end the process ({@code --help}), or choose learners that crash on our examples; so only options
 * of the contextual-bandit family that were tried are let through, each with its arity. Pure.
 *
 * <p>Every option here goes on bit for bit after save and load (tested). Left out for not doing so:
 * {@code --sgd}, {@code --normalized} alone, {@code --cb_dro}, {@code --rank}, {@code --autolink};
 * for probabilities that do not sum to 1: {@code --regcbopt}; for drawing by itself: {@code
 * --cb_sample}.
 */
public final class VowpalWabbitArguments {
  /** Weights of 16 bytes each: 24 bits are 256 MiB an instance. */
  private static final int BITS_BOUND = 24;

  private static final int LENGTH_BOUND = 2048;
  private static final String REQUIRED = "--cb_explore_adf";

  private static final Set<String> FLAGS =
      Set.of(
          REQUIRED,
          "--adaptive",
          "--cb_adf",
          "--chain_hash",
          "--coin",
          "--csoaa_rank",
          "--elim",
          "--first_only",
          "--freegrad",
          "--ftrl",
          "--greedify",
          "--invariant",
          "--leave_duplicate_interactions",
          "--no_bias_regularization",
          "--no_predict",
          "--noconstant",
          "--nounif",
          "--permutations",
          "--pistol",
          "--preserve_performance_counters",
          "--project",
          "--quiet",
          "--random_weights",
          "--regcb",
          "--restart",
          "--save_resume",
          "--softmax",
          "--sparse_weights",
          "--squarecb",
          "--synthcover");

  private static final Set<String> VALUED =
      Set.of(
          "--affix",
          "--bag",
          "--bit_precision",
          "--cb_max_cost",
          "--cb_min_cost",
          "--cb_type",
          "--clip_p",
          "--constant",
          "--cover",
          "--cubic",
          "--epsilon",
          "--experimental_full_name_interactions",
          "--feature_limit",
          "--fepsilon",
          "--first",
          "--flipschitz_const",
          "--ftrl_alpha",
          "--ftrl_beta",
          "--gamma_exponent",
          "--gamma_scale",
          "--hash",
          "--hash_seed",
          "--id",
          "--ignore",
          "--ignore_linear",
          "--initial_t",
          "--initial_weight",
          "--interactions",
          "--keep",
          "--l1",
          "--l2",
          "--lambda",
          "--learning_rate",
          "--loss_function",
          "--max_prediction",
          "--mellowness",
          "--min_prediction",
          "--ngram",
          "--power_t",
          "--psi",
          "--quadratic",
          "--quantile_tau",
          "--radius",
          "--random_seed",
          "--redefine",
          "--rnd",
          "--rnd_alpha",
          "--rnd_invlambda",
          "--skips",
          "--spelling",
          "--synthcoverpsi",
          "--synthcoversize");

  private VowpalWabbitArguments() {}

  /**
   * Checks a command line; VW's own checks of the values come when a learner is opened.
   *
   * @throws IllegalArgumentException as {@code arguments: value (expected: ...)}
   */
  public static void check(String arguments) {
    if (arguments.length() > LENGTH_BOUND) {
      throw refusal(arguments.length() + " characters", "at most " + LENGTH_BOUND);
    }
    arguments
        .chars()
        .filter(c -> c < ' ' || c > '~' || c == '"' || c == '\'' || c == '\\')
        .findAny()
        .ifPresent(
            c -> {
              throw refusal("character " + c, "printable ASCII without quotes and backslashes");
            });
    List<String> tokens = tokens(arguments);
    boolean required = false;
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      required |= token.equals(REQUIRED);
      int equals = token.indexOf('=');
      if (FLAGS.contains(token)) {
        continue;
      }
      String value;
      String option = longName(equals > 0 ? token.substring(0, equals) : token);
      if (!VALUED.contains(option)) {
        throw refusal(
            token,
            "only options of the contextual-bandit family; none that touches files,"
                + " ports or the process");
      }
      if (equals > 0) {
        value = token.substring(equals + 1);
      } else {
        i++;
        value = i < tokens.size() ? tokens.get(i) : "";
      }
      checkValue(option, value);
    }
    if (!required) {
      throw refusal(arguments, "holds " + REQUIRED);
    }
  }

  /**
   * The command line for a learner that goes on from bytes. Most options are kept in the bytes, but
   * not all ({@code --permutations}, {@code --l1}, {@code --loss_function} ...), so all are given
   * again; but the seed: the bytes hold the generator's state under that name, and VW refuses two.
   */
  static String forSavedModel(String arguments) {
    StringBuilder kept = new StringBuilder();
    List<String> tokens = tokens(arguments);
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (token.equals("--random_seed")) {
        i++;
      } else if (!token.startsWith("--random_seed=")) {
        kept.append(token).append(' ');
      }
    }
    return kept.toString();
  }

  /** Splits; a short option with its value attached ({@code -qUA}) becomes two tokens. */
  private static List<String> tokens(String arguments) {
    return Arrays.stream(arguments.trim().split(" +", -1))
        .filter(token -> !token.isEmpty())
        .flatMap(
            token ->
                token.length() > 2 && isShort(token)
                    ? List.of(token.substring(0, 2), token.substring(2)).stream()
                    : List.of(token).stream())
        .toList();
  }

  private static boolean isShort(String token) {
    return token.charAt(0) == '-' && Character.isLetter(token.charAt(1));
  }

  private static String longName(String option) {
    return switch (option) {
      case "-q" -> "--quadratic";
      case "-b" -> "--bit_precision";
      case "-l" -> "--learning_rate";
      case "-C" -> "--constant";
      default -> option;
    };
  }

  private static void checkValue(String option, String value) {
    boolean negativeNumber = value.matches("-[0-9.]+");
    if (value.isEmpty() || (value.startsWith("-") && !negativeNumber)) {
      throw refusal(option, "a value after it");
    }
    if (option.equals("--bit_precision")
        && !(value.matches("[0-9]{1,2}")
            && Integer.parseInt(value) >= 1
            && Integer.parseInt(value) <= BITS_BOUND)) {
      throw refusal(option + " " + value, "1 to " + BITS_BOUND);
    }
  }

  private static IllegalArgumentException refusal(String value, String expected) {
    return new IllegalArgumentException("arguments: " + value + " (expected: " + expected + ")");
  }
}
