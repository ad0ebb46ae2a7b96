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
      int id = encoded.start(i) + ExampleText.ACTION.length();
      actions[i] = hash(FNV_OFFSET, text, id, tokenEnd(text, id));
    }
    return new ExampleHashes(shared(text, actions.length == 0 ? 0 : encoded.start(0)), actions);
  }

  /** Hash of something else that the decision is about, for example its slot. */
  public static long of(String name) {
    return hash(FNV_OFFSET, name, 0, name.length());
  }

  private static long[] shared(String text, int end) {
    long[] hashes = new long[SHARED_BOUND];
    int count = 0;
    long namespace = 0;
    int at = tokenEnd(text, 0) + 1;
    while (at < end && count < SHARED_BOUND) {
      int tokenEnd = tokenEnd(text, at);
      if (text.charAt(at) == '|') {
        namespace = hash(FNV_OFFSET, text, at, tokenEnd);
      } else {
        hashes[count++] = feature(namespace, text, at, tokenEnd);
      }
      at = tokenEnd + 1;
    }
    return Arrays.copyOf(hashes, count);
  }

  /** Of {@code name:-0x1.8p3} the name, the sign and the power count. */
  private static long feature(long namespace, String text, int start, int end) {
    int colon = text.indexOf(':', start);
    if (colon < 0 || colon >= end) {
      return hash(namespace, text, start, end);
    }
    long hash = hash(namespace, text, start, colon + 1);
    hash = text.charAt(colon + 1) == '-' ? hash(hash, "-", 0, 1) : hash;
    int power = text.indexOf('p', colon);
    return power < 0 || power >= end
        ? hash(hash, text, colon + 1, end)
        : hash(hash, text, power, end);
  }

  private static int tokenEnd(String text, int start) {
    int end = start;
    while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\n') {
      end++;
    }
    return end;
  }

  private static long hash(long from, String text, int start, int end) {
    long hash = from * FNV_PRIME;
    for (int i = start; i < end; i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
