package io.waggle.core.declared;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A feature that the request or an action has: {@code namespace.feature}, or {@code feature} in
 * whichever namespace has it first. Immutable; any thread.
 */
public final class SourceFeature {
  private final @Nullable String namespace;
  private final String name;

  /** The namespace has no dot, the feature's name may; without a dot it is the name alone. */
  public SourceFeature(String path) {
    int dot = path.indexOf('.');
    namespace = dot < 0 ? null : path.substring(0, dot);
    name = path.substring(dot + 1);
  }

  /** The first of that name; null: there is none. */
  public @Nullable FeatureValue in(List<Namespace> namespaces) {
    for (Namespace each : namespaces) {
      if (namespace == null || each.getName().equals(namespace)) {
        for (Feature feature : each.getFeaturesList()) {
          if (feature.getName().equals(name)) {
            return feature.getValue();
          }
        }
      }
    }
    return null;
  }

  /** True: one of the namespaces is the feature's. */
  public boolean hasNamespace(List<Namespace> namespaces) {
    return namespaces.stream().anyMatch(each -> each.getName().equals(namespace));
  }

  /** Its texts; none where it is absent or a number. */
  List<String> texts(List<Namespace> namespaces) {
    FeatureValue value = in(namespaces);
    if (value == null) {
      return List.of();
    }
    return switch (value.getKindCase()) {
      case TEXT -> List.of(value.getText());
      case TEXTS -> value.getTexts().getValuesList();
      case NUMBER, KIND_NOT_SET -> List.of();
    };
  }
}
