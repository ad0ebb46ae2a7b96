package io.waggle.core.offline;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.PlainValue;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;

/**
 * A context or session feature by name: {@code namespace.feature}, or {@code feature} in whichever
 * namespace has it first, the context's before the session's. Immutable.
 */
public record FeatureReference(String name) {
  /** What an example that has no such feature says. */
  public static final String NONE = "(none)";

  public FeatureReference {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "feature: empty (expected: namespace.feature, or feature)");
    }
  }

  /** The feature's value as text; a number without a fraction as people write it. */
  public String valueIn(Example example) {
    String found = valueIn(example.context());
    return found.equals(NONE) ? valueIn(example.session()) : found;
  }

  private String valueIn(List<Namespace> namespaces) {
    for (Namespace namespace : namespaces) {
      for (Feature feature : namespace.getFeaturesList()) {
        if (isNamed(namespace.getName(), feature.getName())) {
          return text(feature.getValue());
        }
      }
    }
    return NONE;
  }

  private boolean isNamed(String namespace, String feature) {
    return feature.equals(name)
        || (name.length() == namespace.length() + 1 + feature.length()
            && name.startsWith(namespace)
            && name.charAt(namespace.length()) == '.'
            && name.endsWith(feature));
  }

  private static String text(FeatureValue value) {
    return value.hasTexts()
        ? String.join(",", value.getTexts().getValuesList())
        : PlainValue.of(value);
  }
}
