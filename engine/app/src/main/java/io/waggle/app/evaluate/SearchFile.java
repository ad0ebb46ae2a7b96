package io.waggle.app.evaluate;

import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A search space as its YAML file has it; {@link SearchSpace} says what it means.
 *
 * @param arguments what all candidates have; absent: {@code --cb_explore_adf}
 * @param exploration ways to explore, each a mapping of options; absent: what {@code arguments} say
 * @param options values to try by option
 * @param looks shares of the log at which candidates may be ended, rising; absent: 1/8, 1/4, 1/2
 * @param keep share of the candidates left that go on after a look, by their estimate; absent: 0.5
 */
record SearchFile(
    @Nullable String arguments,
    @Nullable List<@Nullable Map<String, @Nullable Object>> exploration,
    @Nullable Map<String, @Nullable List<@Nullable Object>> options,
    @Nullable List<Double> looks,
    @Nullable Double keep) {
  private static final List<Double> LOOKS = List.of(0.125, 0.25, 0.5);
  private static final double KEEP = 0.5;

  String argumentsOrDefault() {
    return requireNonNullElse(arguments, "--cb_explore_adf").strip();
  }

  List<@Nullable Map<String, @Nullable Object>> explorationOrNone() {
    return requireNonNullElse(exploration, List.of());
  }

  Map<String, @Nullable List<@Nullable Object>> optionsOrNone() {
    return requireNonNullElse(options, Map.of());
  }

  List<Double> looksOrDefault() {
    return requireNonNullElse(looks, LOOKS);
  }

  double keepOrDefault() {
    return requireNonNullElse(keep, KEEP);
  }
}
