package io.waggle.core.explain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A feature as the app named it, and its hash before it is scaled to a model.
 *
 * @param name {@code namespace.feature} or {@code namespace.feature=value}, not escaped
 */
record NamedFeature(String name, int hash) {
  /** VW's constant: in every action's line. */
  static final NamedFeature CONSTANT = new NamedFeature("constant", 11_650_396);

  /** The group of the constant, whose letter no namespace has. */
  static final char CONSTANT_LETTER = 128;

  /** What the learner's text writes as {@code %XX}, as it was. */
  static String unescaped(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
