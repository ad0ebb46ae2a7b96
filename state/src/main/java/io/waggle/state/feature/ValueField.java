package io.waggle.state.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.Interaction;

/**
 * The text of an interaction that a feature speaks of: {@code item_id}, {@code category}, {@code
 * type} or {@code properties.NAME}. Immutable; any thread.
 */
public final class ValueField {
  /** Before the name of a property. */
  public static final String PROPERTIES = "properties.";

  /** Longer values are cut, UTF-8 bytes. */
  public static final int MAX_VALUE_BYTES = 256;

  private final String field;

  ValueField(String field) {
    this.field = field;
  }

  /** True for what an interaction can have. */
  public static boolean isKnown(String field) {
    return switch (field) {
      case "item_id", "category", "type" -> true;
      default -> field.startsWith(PROPERTIES) && field.length() > PROPERTIES.length();
    };
  }

  /** The text, cut to its bound; empty: there is none. */
  String of(Interaction interaction) {
    return switch (field) {
      // The contract bounds these.
      case "item_id" -> interaction.getItemId();
      case "category" -> interaction.getCategory();
      case "type" -> interaction.getType();
      default -> cut(property(interaction, field.substring(PROPERTIES.length())), MAX_VALUE_BYTES);
    };
  }

  private static String property(Interaction interaction, String name) {
    for (Feature each : interaction.getPropertiesList()) {
      if (each.getName().equals(name) && each.getValue().hasText()) {
        return each.getValue().getText();
      }
    }
    return "";
  }

  /** The longest beginning of whole characters within so many bytes of UTF-8. */
  public static String cut(String text, int maxBytes) {
    // A char is at most three bytes, so most texts need no counting.
    if (text.length() * 3 <= maxBytes) {
      return text;
    }
    int bytes = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }
}
