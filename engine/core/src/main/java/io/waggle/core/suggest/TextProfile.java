package io.waggle.core.suggest;

import java.util.HashSet;
import java.util.Set;

/** How often a text was given, and how many different ones there are. Not thread-safe. */
final class TextProfile {
  /** Different texts told apart; more are as good as ids. */
  static final int DISTINCT_BOUND = 1_000;

  private final Set<String> distinct = new HashSet<>();
  private long count;

  void add(String text) {
    count++;
    if (distinct.size() <= DISTINCT_BOUND) {
      distinct.add(text);
    }
  }

  long count() {
    return count;
  }

  /** Different texts; above {@link #DISTINCT_BOUND}: more than that. */
  int distinct() {
    return distinct.size();
  }

  /** True: few enough to be categories. */
  boolean isCategory() {
    return distinct.size() > 1 && distinct.size() <= DISTINCT_BOUND;
  }
}
