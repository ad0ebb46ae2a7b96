package io.waggle.core.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A learner's command line by option: a policy's own, or the one that a model's bytes keep. Short
 * names are made long. Immutable.
 */
public final class LearnerOptions {
  private static final Map<String, String> LONG_NAMES =
      Map.of("-q", "--quadratic", "-b", "--bit_precision", "-l", "--learning_rate");

  private final Map<String, List<String>> values = new TreeMap<>();

  public LearnerOptions(String commandLine) {
    String option = "";
    for (String token : commandLine.strip().split(" +", -1)) {
      if (token.isEmpty()) {
        continue;
      }
      if (isOption(token)) {
        option = take(token);
      } else {
        values.computeIfAbsent(option, name -> new ArrayList<>()).add(token);
      }
    }
  }

  private static boolean isOption(String token) {
    return token.startsWith("-") && !token.matches("-[0-9.].*");
  }

  /** Takes an option and the value attached to it ({@code --l2=1}, {@code -b18}), if any. */
  private String take(String token) {
    int end = token.startsWith("--") ? token.indexOf('=') : Math.min(2, token.length());
    String written = end < 0 ? token : token.substring(0, end);
    String name = LONG_NAMES.getOrDefault(written, written);
    List<String> taken = values.computeIfAbsent(name, key -> new ArrayList<>());
    if (end >= 0 && end < token.length()) {
      taken.add(token.substring(token.startsWith("--") ? end + 1 : end));
    }
    return name;
  }

  /** True: the option is there, with or without a value. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** All values of an option, in order; none where it is absent. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** The first value of an option, or what stands for it. */
  public String first(String name, String otherwise) {
    List<String> found = all(name);
    return found.isEmpty() ? otherwise : found.get(0);
  }

  /** The first value of an option as a whole number, or what stands for it. */
  public int number(String name, int otherwise) {
    return Integer.parseInt(first(name, Integer.toString(otherwise)));
  }

  /** The first value of an option as a 32-bit number, or what stands for it. */
  float decimal(String name, float otherwise) {
    return Float.parseFloat(first(name, Float.toString(otherwise)));
  }

  /** Names of the options that are there, in order of the alphabet. */
  Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Letters given to options that name namespaces by their first. */
  public String letters(String name) {
    return String.join("", all(name));
  }

  /** These options and the flags of another command line that a model's bytes do not keep. */
  public LearnerOptions and(LearnerOptions other) {
    LearnerOptions both = new LearnerOptions("");
    both.values.putAll(new HashMap<>(other.values));
    both.values.putAll(values);
    return both;
  }
}
