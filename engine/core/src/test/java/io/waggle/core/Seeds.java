package io.waggle.core;

import java.util.stream.IntStream;

/**
 * Seeds of tests that train a model with each: a quarter of them in every build, all of them by
 * {@code mvn verify -Pquality}.
 */
public final class Seeds {
  private static final int PART = Integer.getInteger("waggle.seeds.part", 4);

  private Seeds() {}

  /** From 0 on. */
  public static IntStream of(int all) {
    return IntStream.range(0, all / PART);
  }
}
