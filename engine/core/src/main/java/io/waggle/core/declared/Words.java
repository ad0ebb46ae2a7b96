package io.waggle.core.declared;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Words of texts: runs of letters and digits, in lower case. Pure; any thread. */
final class Words {
  /** Longer words are cut, characters. */
  private static final int MAX_CHARS = 64;

  private Words() {}

  /** The first distinct ones. */
  static List<String> of(List<String> texts, int most) {
    Set<String> words = new LinkedHashSet<>();
    for (String text : texts) {
      int at = 0;
      while (at < text.length() && words.size() < most) {
        int end = at;
        while (end < text.length() && Character.isLetterOrDigit(text.codePointAt(end))) {
          end += Character.charCount(text.codePointAt(end));
        }
        if (end > at) {
          words.add(word(text.substring(at, end)));
        }
        at = end < text.length() ? end + Character.charCount(text.codePointAt(end)) : end;
      }
    }
    return new ArrayList<>(words);
  }

  private static String word(String run) {
    String lower = run.toLowerCase(Locale.ROOT);
    if (lower.length() <= MAX_CHARS) {
      return lower;
    }
    // Never half of a character outside the basic plane.
    boolean splits = Character.isHighSurrogate(lower.charAt(MAX_CHARS - 1));
    return lower.substring(0, splits ? MAX_CHARS - 1 : MAX_CHARS);
  }
}
