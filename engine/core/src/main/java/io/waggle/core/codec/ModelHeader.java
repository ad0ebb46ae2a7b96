package io.waggle.core.codec;

/**
 * What a model's bytes begin with.
 *
 * @param id the text given with {@code --id}; empty: none
 * @param minLabel smallest label that the base learner saw
 * @param maxLabel largest label that the base learner saw
 * @param bits there are {@code 1 << bits} weights; 1 to 30
 * @param options the command line that the bytes keep, verbatim
 */
public record ModelHeader(String id, float minLabel, float maxLabel, int bits, String options) {
  /** The only version of the format that is read. */
  static final String VERSION = "9.3.0";

  /** Most bits: a Java array holds no more weights. */
  static final int LARGEST_BITS = 30;
}
