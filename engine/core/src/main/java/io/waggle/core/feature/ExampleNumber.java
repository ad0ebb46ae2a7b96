package io.waggle.core.feature;

/**
 * Writes a number so that Vowpal Wabbit reads exactly the nearest {@code float}. Pure.
 *
 * <p>VW's own decimal parser adds digits up in 32-bit floats and multiplies by a power of ten: on
 * random numbers three in ten come out one unit in the last place off. Whole numbers below 2^24 are
 * exact there; anything else is written as a C hexadecimal float, on which VW falls back to {@code
 * strtof}.
 */
final class ExampleNumber {
  private static final int EXACT_WHOLE_BOUND = 1 << 24;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private ExampleNumber() {}

  /**
   * Appends the number.
   *
   * @throws IllegalArgumentException when it is not finite as a {@code float}
   */
  static void append(StringBuilder text, double number) {
    float value = (float) number;
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException("number: " + number + " (expected: finite)");
    }
    int whole = (int) value;
    if (value == whole && Math.abs(whole) < EXACT_WHOLE_BOUND) {
      text.append(whole);
    } else {
      appendHexadecimal(text, Float.floatToRawIntBits(value));
    }
  }

  /**
   * The same as ASCII bytes.
   *
   * @param value finite
   * @return where the number ends
   */
  static int write(byte[] text, int start, float value) {
    int whole = (int) value;
    if (value == whole && Math.abs(whole) < EXACT_WHOLE_BOUND) {
      return writeWhole(text, start, whole);
    }
    int bits = Float.floatToRawIntBits(value);
    int exponent = (bits >>> 23) & 0xFF;
    int fraction = (bits & 0x7FFFFF) << 1;
    int end = start;
    if (bits < 0) {
      text[end++] = '-';
    }
    text[end++] = '0';
    text[end++] = 'x';
    text[end++] = (byte) (exponent == 0 ? '0' : '1');
    text[end++] = '.';
    do {
      text[end++] = (byte) HEX[(fraction >>> 20) & 0xF];
      fraction = (fraction << 4) & 0xFFFFFF;
    } while (fraction != 0);
    text[end++] = 'p';
    return writeWhole(text, end, exponent == 0 ? -126 : exponent - 127);
  }

  private static int writeWhole(byte[] text, int start, int whole) {
    int end = start;
    if (whole < 0) {
      text[end++] = '-';
    }
    int rest = Math.abs(whole);
    int digits = 1;
    for (int bound = 10; bound <= rest; bound *= 10) {
      digits++;
    }
    for (int i = end + digits - 1; i >= end; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end + digits;
  }

  /** IEEE 754: sign 1 bit, exponent 8 bits biased by 127, fraction 23 bits (six hex digits). */
  private static void appendHexadecimal(StringBuilder text, int bits) {
    int exponent = (bits >>> 23) & 0xFF;
    int fraction = (bits & 0x7FFFFF) << 1;
    text.append(bits < 0 ? "-0x" : "0x").append(exponent == 0 ? '0' : '1').append('.');
    do {
      text.append(HEX[(fraction >>> 20) & 0xF]);
      fraction = (fraction << 4) & 0xFFFFFF;
    } while (fraction != 0);
    text.append('p').append(exponent == 0 ? -126 : exponent - 127);
  }
}
