package io.waggle.core.log;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * The features of one part of a dsjson line: what is shared, an action or a slot. Vowpal Wabbit
 * reads {@code "country":"US"} as the feature {@code countryUS}; here name and value stay apart, a
 * feature {@code country} of text {@code US}, which is the same example to a learner as long as no
 * two pairs give VW the same word. One thread.
 */
final class DsjsonFeatures {
  /**
   * Names here begin with a letter, and learners know namespaces by it. Few names begin with these:
   * the one of members at the top, which are in no namespace, and those of names that begin with
   * something else.
   */
  private static final String TOP = "z";

  private static final String OTHER = "Z";

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final Map<String, Namespace.Builder> namespaces = new LinkedHashMap<>();

  /**
   * A member with a string.
   *
   * @param namespace the key of the object it is in; empty: it is at the top
   */
  void text(String namespace, String key, String text) {
    add(namespace, key, FeatureValue.newBuilder().setText(text));
  }

  /** A member with a number, or one of a list of numbers by its position; zero is no feature. */
  void number(String namespace, String key, double number) {
    // As VW sees it: a number too small for 32 bits is zero.
    if ((float) number != 0) {
      add(namespace, key, FeatureValue.newBuilder().setNumber(number));
    }
  }

  /** A string of words, each a feature without a value; VW replaces its own syntax in them. */
  void words(String namespace, String text) {
    StringTokenizer words = new StringTokenizer(text, " \t");
    while (words.hasMoreTokens()) {
      number(namespace, words.nextToken().replace(':', '_').replace('|', '_'), 1);
    }
  }

  /** The namespaces in the order they came; of one name, one. */
  List<Namespace> namespaces() {
    List<Namespace> built = new ArrayList<>(namespaces.size());
    namespaces.values().forEach(namespace -> built.add(namespace.build()));
    return built;
  }

  /**
   * The same without the text {@code id} of a namespace where it is the part's own: encoding writes
   * it for every action and slot.
   */
  List<Namespace> namespacesWithout(String idNamespace, String id) {
    Namespace.Builder holder = namespaces.get(idNamespace);
    if (holder != null) {
      for (int i = 0; i < holder.getFeaturesCount(); i++) {
        Feature feature = holder.getFeatures(i);
        if (feature.getName().equals("id")
            && feature.getValue().hasText()
            && feature.getValue().getText().equals(id)) {
          holder.removeFeatures(i);
          break;
        }
      }
      if (holder.getFeaturesCount() == 0) {
        namespaces.remove(idNamespace);
      }
    }
    return namespaces();
  }

  private void add(String namespace, String key, FeatureValue.Builder value) {
    String name = namespace.isEmpty() ? TOP : name(namespace);
    namespaces
        .computeIfAbsent(name, absent -> Namespace.newBuilder().setName(absent))
        .addFeatures(Feature.newBuilder().setName(DsjsonKeys.name(key)).setValue(value));
  }

  /** A letter, then letters, digits and underscores; other characters as {@code _XX} of UTF-8. */
  private static String name(String namespace) {
    StringBuilder name = new StringBuilder(isLetter(namespace.charAt(0)) ? "" : OTHER);
    namespace
        .codePoints()
        .forEach(
            codePoint -> {
              if (isLetter(codePoint)
                  || codePoint == '_'
                  || (codePoint >= '0' && codePoint <= '9')) {
                name.append((char) codePoint);
              } else {
                for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
                  name.append('_').append(HEX[(b >> 4) & 0xF]).append(HEX[b & 0xF]);
                }
              }
            });
    return name.toString();
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
