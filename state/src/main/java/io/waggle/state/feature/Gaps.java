package io.waggle.state.feature;

import java.util.List;

/** Rising whole numbers, kept as the first one and the distance of each to the one before it. */
final class Gaps {
  private Gaps() {}

  /** The numbers themselves, {@code long[gaps]}. */
  static long[] numbers(long first, List<Integer> gaps) {
    long[] numbers = new long[gaps.size()];
    long number = first;
    for (int i = 0; i < numbers.length; i++) {
      number += gaps.get(i);
      numbers[i] = number;
    }
    return numbers;
  }
}
