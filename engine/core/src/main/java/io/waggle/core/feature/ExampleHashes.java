package io.waggle.core.feature;

import java.util.Arrays;

/**
 * Hashes of an example's shared features and of its actions' ids: what a small model of "which
 * action in which context" needs. Read off the learner's text, which is made anyway, so that packed
 * features need not be taken apart. A number stands for its sign and power of two, so that no scale
 * matters. The actions' own features are left out. Immutable.
 *
 * @param shared {@code long[features]}, at most {@link #SHARED_BOUND}, the first ones; others are
 *     left out
 * @param actions {@code long[actions]}
 */
public record ExampleHashes(long[] shared, long[] actions) {
  /** Most shared features. */
  public static final int SHARED_BOUND = 64;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** Whole numbers are written with digits, others as {@code 0x1.8p3}. */
  private static final char POWER = 'p';

  private static final int ZERO = -1_000;

  /**
   * Reads an example.
   *
   * @throws IllegalArgumentException when a number is not finite
   */
  public static ExampleHashes of(Example example) {
    ExampleText encoded = example.encoded();
    String text = encoded.unlabelled();
    long[] actions = new long[encoded.actions()];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = id(text, encoded.start(i) + ExampleText.ACTION.length());
    }
    return new ExampleHashes(shared(text, actions.length == 0 ? 0 : encoded.start(0)), actions);
  }

  /** Hash of something else that the decision is about, for example its slot. */
  public static long of(String name) {
    return id(name, 0);
  }

  private static long id(String text, int start) {
    long hash = FNV_OFFSET;
    for (int i = start; i < text.length() && !isEnd(text.charAt(i)); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** One pass over the line: its first word, then namespaces and their features. */
  private static long[] shared(String text, int end) {
    long[] hashes = new long[SHARED_BOUND];
    int count = 0;
    long namespace = FNV_OFFSET;
    int at = 0;
    while (at < end && !isEnd(text.charAt(at))) {
      at++;
    }
    at++;
    while (at < end && count < SHARED_BOUND) {
      boolean isNamespace = text.charAt(at) == '|';
      long hash = isNamespace ? FNV_OFFSET : namespace;
      char c = text.charAt(at);
      while (!isEnd(c) && c != ':') {
        hash = (hash ^ c) * FNV_PRIME;
        c = text.charAt(++at);
      }
      if (c == ':') {
        int start = at + 1;
        while (!isEnd(text.charAt(at))) {
          at++;
        }
        hash = (hash ^ magnitude(text, start, at)) * FNV_PRIME;
      }
      if (isNamespace) {
        namespace = hash;
      } else {
        hashes[count++] = hash;
      }
      at++;
    }
    return Arrays.copyOf(hashes, count);
  }

  private static boolean isEnd(char c) {
    return c == ' ' || c == '\n';
  }

  /** Twice the number's power of two, one more where it is negative. */
  private static int magnitude(String text, int start, int end) {
    boolean negative = text.charAt(start) == '-';
    int first = negative ? start + 1 : start;
    int power = end - 1;
    while (power > first && text.charAt(power) != POWER) {
      power--;
    }
    int exponent;
    if (power > first) {
      exponent = Integer.parseInt(text, power + 1, end, 10);
    } else {
      int whole = Integer.parseInt(text, first, end, 10);
      exponent = whole == 0 ? ZERO : 31 - Integer.numberOfLeadingZeros(whole);
    }
    return 2 * exponent + (negative ? 1 : 0);
  }
}
