package io.waggle.core.feature;

/**
 * Names and texts as bytes of the learner's text, for those who hash them without making the text.
 * INVARIANT: the bytes of what {@link FeatureText} appends. Pure.
 */
public final class EscapedText {
  /** Most bytes that one {@code char} becomes: three bytes of UTF-8, each as {@code %XX}. */
  public static final int LARGEST = 9;

  private static final boolean[] PLAIN_IN_NAMES = plain(true);
  private static final boolean[] PLAIN_IN_VALUES = plain(false);
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();
  private static final int ASCII_END = 0x80;

  private EscapedText() {}

  /** True: a name has the character as it is. */
  public static boolean isPlainInName(char c) {
    return c < ASCII_END && PLAIN_IN_NAMES[c];
  }

  /** True: a text or an id has the character as it is. */
  public static boolean isPlainInValue(char c) {
    return c < ASCII_END && PLAIN_IN_VALUES[c];
  }

  /** Writes a name of a namespace or feature; where it ends. */
  public static int writeName(byte[] to, int start, String name) {
    return write(to, start, name, PLAIN_IN_NAMES);
  }

  /**
   * Writes a text or an id; where it ends.
   *
   * @param to with room for {@link #LARGEST} bytes for each {@code char}
   */
  public static int writeValue(byte[] to, int start, String value) {
    return write(to, start, value, PLAIN_IN_VALUES);
  }

  private static int write(byte[] to, int start, String raw, boolean[] plain) {
    int length = raw.length();
    // Most often the whole text: a loop in which no turn depends on the one before.
    for (int i = 0; i < length; i++) {
      char c = raw.charAt(i);
      if (c >= ASCII_END || !plain[c]) {
        return writeRest(to, start + i, raw, i, plain);
      }
      to[start + i] = (byte) c;
    }
    return start + length;
  }

  private static int writeRest(byte[] to, int start, String raw, int from, boolean[] plain) {
    int end = start;
    int length = raw.length();
    for (int i = from; i < length; i++) {
      char c = raw.charAt(i);
      if (c < ASCII_END && plain[c]) {
        to[end++] = (byte) c;
      } else if (c < ASCII_END) {
        end = percent(to, end, c);
      } else {
        int codePoint = raw.codePointAt(i);
        end = percents(to, end, codePoint);
        i += Character.charCount(codePoint) - 1;
      }
    }
    return end;
  }

  /** UTF-8, RFC 3629; half a surrogate pair is a question mark, as Java writes it. */
  private static int percents(byte[] to, int start, int codePoint) {
    if (codePoint < 0x800) {
      return continuation(to, percent(to, start, 0xC0 | codePoint >> 6), codePoint);
    }
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      return percent(to, start, '?');
    }
    int end =
        codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT
            ? percent(to, start, 0xE0 | codePoint >> 12)
            : continuation(to, percent(to, start, 0xF0 | codePoint >> 18), codePoint >> 12);
    return continuation(to, continuation(to, end, codePoint >> 6), codePoint);
  }

  private static int continuation(byte[] to, int start, int bits) {
    return percent(to, start, 0x80 | (bits & 0x3F));
  }

  private static int percent(byte[] to, int start, int b) {
    to[start] = '%';
    to[start + 1] = (byte) HEX[b >> 4];
    to[start + 2] = (byte) HEX[b & 0xF];
    return start + 3;
  }

  private static boolean[] plain(boolean inName) {
    boolean[] plain = new boolean[ASCII_END];
    for (int c = 0; c < plain.length; c++) {
      plain[c] = FeatureText.isPlain((byte) c, inName);
    }
    return plain;
  }
}
