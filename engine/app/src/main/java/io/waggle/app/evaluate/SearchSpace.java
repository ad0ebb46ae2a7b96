package io.waggle.app.evaluate;

import io.waggle.core.config.ConfigFile;
import io.waggle.core.offline.Candidate;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of a search: the product of lists of Vowpal Wabbit options. In {@code options}
 * each key is an option's long name and its list the values to try; in {@code exploration} each
 * entry is a way to explore, itself a mapping of options, whose values may be lists to try. {@code
 * true} stands for the option without a value, {@code false} and {@code null} for leaving it out, a
 * list among the values to try for the option once with each item ({@code []}: left out). Pure.
 *
 * @param candidates in the file's order, the last option changing fastest
 * @param looks shares of the log at which candidates may be ended
 * @param keep share of the candidates left that go on after a look, by their estimate
 */
public record SearchSpace(List<Candidate> candidates, List<Double> looks, double keep) {
  /** Most candidates of one search. */
  static final int CANDIDATES_MAX = 256;

  private static final String NAME = "[a-z][a-z0-9_]*";

  public SearchSpace {
    candidates = List.copyOf(candidates);
    looks = List.copyOf(looks);
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException as {@code file: key: value (expected: ...)}
   */
  public static SearchSpace read(Path file) {
    SearchFile content = ConfigFile.read(file, SearchFile.class);
    try {
      return of(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  static SearchSpace of(SearchFile file) {
    Map<String, List<String>> dimensions = new LinkedHashMap<>();
    if (!file.explorationOrNone().isEmpty()) {
      dimensions.put("exploration", exploration(file.explorationOrNone()));
    }
    file.optionsOrNone()
        .forEach(
            (option, values) -> dimensions.put(option, texts("options." + option, option, values)));
    requireFew(dimensions);
    List<String> products = List.of("");
    for (List<String> texts : dimensions.values()) {
      products = product(products, texts);
    }
    List<Candidate> candidates = new ArrayList<>(products.size());
    for (String product : products.stream().distinct().toList()) {
      candidates.add(candidate("s" + (candidates.size() + 1), file.argumentsOrDefault(), product));
    }
    return new SearchSpace(candidates, file.looksOrDefault(), file.keepOrDefault());
  }

  private static Candidate candidate(String name, String arguments, String product) {
    PolicyConfig config =
        PolicyConfig.newBuilder()
            .setName(name)
            .setVowpalWabbit(
                VowpalWabbitPolicy.newBuilder().setArguments((arguments + " " + product).strip()))
            .build();
    return new Candidate(name, product, config, null);
  }

  private static void requireFew(Map<String, List<String>> dimensions) {
    long product = 1;
    for (List<String> texts : dimensions.values()) {
      product = Math.min(product * texts.size(), Integer.MAX_VALUE);
    }
    if (product > CANDIDATES_MAX) {
      throw new IllegalArgumentException(
          "candidates: %d = %s (expected: at most %d)"
              .formatted(
                  product,
                  dimensions.entrySet().stream()
                      .map(each -> each.getValue().size() + " of " + each.getKey())
                      .collect(Collectors.joining(" x ")),
                  CANDIDATES_MAX));
    }
  }

  private static List<String> exploration(List<@Nullable Map<String, @Nullable Object>> entries) {
    List<String> ways = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      String key = "exploration[" + i + "]";
      Map<String, @Nullable Object> entry = entries.get(i);
      if (entry == null || entry.isEmpty()) {
        throw wrong(key, entry, "a mapping of options, for example {epsilon: 0.1}");
      }
      List<String> products = List.of("");
      for (Map.Entry<String, @Nullable Object> option : entry.entrySet()) {
        Object value = option.getValue();
        List<@Nullable Object> values = new ArrayList<>();
        if (value instanceof List<?> several) {
          values.addAll(several);
        } else {
          values.add(value);
        }
        products = product(products, texts(key + "." + option.getKey(), option.getKey(), values));
        if (products.size() > CANDIDATES_MAX) {
          throw wrong(key, products.size() + " candidates", "at most " + CANDIDATES_MAX);
        }
      }
      ways.addAll(products);
    }
    return ways;
  }

  private static List<String> product(List<String> left, List<String> right) {
    List<String> all = new ArrayList<>(left.size() * right.size());
    for (String first : left) {
      for (String second : right) {
        all.add(first.isEmpty() || second.isEmpty() ? first + second : first + " " + second);
      }
    }
    return all;
  }

  /** Each value of an option as a piece of the command line; empty: left out. */
  private static List<String> texts(
      String key, String option, @Nullable List<@Nullable Object> values) {
    if (!option.matches(NAME)) {
      throw wrong(key, option, "an option's long name without dashes, for example learning_rate");
    }
    if (values == null || values.isEmpty()) {
      throw wrong(key, values, "a list of values to try");
    }
    List<String> texts = new ArrayList<>(values.size());
    for (@Nullable Object value : values) {
      texts.add(text(key, option, value));
    }
    return texts;
  }

  private static String text(String key, String option, @Nullable Object value) {
    if (value == null || Boolean.FALSE.equals(value)) {
      return "";
    }
    if (Boolean.TRUE.equals(value)) {
      return "--" + option;
    }
    if (value instanceof List<?> items) {
      List<String> pieces = new ArrayList<>(items.size());
      for (Object item : items) {
        pieces.add("--" + option + " " + scalar(key, item));
      }
      return String.join(" ", pieces);
    }
    return "--" + option + " " + scalar(key, value);
  }

  private static String scalar(String key, @Nullable Object value) {
    if (value instanceof Number || (value instanceof String text && !text.isBlank())) {
      return String.valueOf(value);
    }
    throw wrong(key, value, "numbers, words, true, false or lists of these");
  }

  private static IllegalArgumentException wrong(
      String key, @Nullable Object value, String expected) {
    return new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
  }
}
