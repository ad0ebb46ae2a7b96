package io.waggle.benchmarks.jmh;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a call took, one number a round, where all that is compared has its turn in each. */
final class Rounds {
  private final List<Double> numbers = new ArrayList<>();

  void add(double number) {
    numbers.add(number);
  }

  /** In the order of the rounds. */
  List<Double> all() {
    return Collections.unmodifiableList(numbers);
  }

  /** Smallest first. */
  List<Double> sorted() {
    return numbers.stream().sorted().toList();
  }

  /** Of at least one round; of an even number the larger of the middle two. */
  double median() {
    return sorted().get(numbers.size() / 2);
  }

  /** Median of the rounds' ratios: the two of a round were measured moments apart. */
  double ratio(Rounds base) {
    Rounds ratios = new Rounds();
    for (int round = 0; round < numbers.size(); round++) {
      ratios.add(numbers.get(round) / base.numbers.get(round));
    }
    return ratios.median();
  }

  /** A number for a table. */
  static String shown(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }
}
