package io.waggle.core.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Namespaces and features as Vowpal Wabbit's text. Pure.
 *
 * <p>A text is the feature {@code name=value}, each text of a list one; a number is {@code
 * name:value}, see {@link ExampleNumber}. Namespaces without features are left out.
 *
 * <p>Names, texts and ids are data: whatever is not printable ASCII, and the characters that mean
 * something to the parser, are written as {@code %XX} of their UTF-8 bytes; in names {@code =} too,
 * so that different pairs of name and value never give the same feature. All ASCII, hence hashed
 * the same by every reader of the text (JNI hands over surrogate pairs in an encoding of its own).
 */
final class FeatureText {
  private static final String PLAIN_IN_VALUES = plain("|:%");
  private static final String PLAIN_IN_NAMES = plain("|:%=");
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private FeatureText() {}

  /** Appends a text or an id, escaped. */
  static void appendValue(StringBuilder text, String value) {
    appendEscaped(text, value, PLAIN_IN_VALUES);
  }

  /** True where at least one feature would be written. */
  static boolean isAny(List<Namespace> namespaces) {
    for (Namespace namespace : namespaces) {
      if (isAny(namespace)) {
        return true;
      }
    }
    return false;
  }

  /** True where something would be written: a list of no texts is nothing. */
  private static boolean isAny(Namespace namespace) {
    for (Feature feature : namespace.getFeaturesList()) {
      FeatureValue value = feature.getValue();
      switch (value.getKindCase()) {
        case NUMBER, TEXT -> {
          return true;
        }
        case TEXTS -> {
          if (value.getTexts().getValuesCount() > 0) {
            return true;
          }
        }
        case KIND_NOT_SET -> {}
      }
    }
    return false;
  }

  /**
   * Appends each namespace, with a space before it.
   *
   * @throws IllegalArgumentException when a number is not finite
   */
  static void append(StringBuilder text, List<Namespace> namespaces) {
    for (Namespace namespace : namespaces) {
      if (isAny(namespace)) {
        text.append(" |");
        appendEscaped(text, namespace.getName(), PLAIN_IN_NAMES);
        for (Feature feature : namespace.getFeaturesList()) {
          appendFeature(text, feature);
        }
      }
    }
  }

  private static void appendFeature(StringBuilder text, Feature feature) {
    FeatureValue value = feature.getValue();
    switch (value.getKindCase()) {
      case NUMBER -> {
        text.append(' ');
        appendEscaped(text, feature.getName(), PLAIN_IN_NAMES);
        text.append(':');
        ExampleNumber.append(text, value.getNumber());
      }
      case TEXT -> appendText(text, feature.getName(), value.getText());
      case TEXTS -> {
        for (String one : value.getTexts().getValuesList()) {
          appendText(text, feature.getName(), one);
        }
      }
      case KIND_NOT_SET -> {}
    }
  }

  private static void appendText(StringBuilder text, String name, String value) {
    text.append(' ');
    appendEscaped(text, name, PLAIN_IN_NAMES);
    text.append('=');
    appendEscaped(text, value, PLAIN_IN_VALUES);
  }

  private static void appendEscaped(StringBuilder text, String raw, String plain) {
    int start = plainPrefix(raw, plain);
    text.append(raw, 0, start);
    for (int i = start; i < raw.length(); ) {
      int codePoint = raw.codePointAt(i);
      if (isPlain(codePoint, plain)) {
        text.append((char) codePoint);
      } else {
        appendPercent(text, codePoint);
      }
      i += Character.charCount(codePoint);
    }
  }

  /** Length of the part before the first character to escape: most often the whole. */
  private static int plainPrefix(String raw, String plain) {
    int end = 0;
    while (end < raw.length() && isPlain(raw.charAt(end), plain)) {
      end++;
    }
    return end;
  }

  /** True: the byte of a UTF-8 text is written as it is. */
  static boolean isPlain(byte b, boolean inName) {
    return b > 0 && isPlain(b, inName ? PLAIN_IN_NAMES : PLAIN_IN_VALUES);
  }

  private static boolean isPlain(int character, String plain) {
    return character < plain.length() && plain.charAt(character) == character;
  }

  private static void appendPercent(StringBuilder text, int codePoint) {
    for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      text.append('%').append(HEX[(b >> 4) & 0xF]).append(HEX[b & 0xF]);
    }
  }

  /** The ASCII characters at their own position where they are written as they are, else NUL. */
  private static String plain(String syntax) {
    StringBuilder plain = new StringBuilder(127);
    for (char c = 0; c < 127; c++) {
      plain.append(c > ' ' && syntax.indexOf(c) < 0 ? c : '\0');
    }
    // NUL itself must not look plain: its place holds something else.
    plain.setCharAt(0, ' ');
    return plain.toString();
  }
}
