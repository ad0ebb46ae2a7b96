package io.waggle.core.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Features named as {@code namespace.feature}. Pure. */
final class FeaturePaths {
  private FeaturePaths() {}

  /** The first such feature's value; null where there is none, or the path is empty. */
  static @Nullable FeatureValue find(List<Namespace> namespaces, String path) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return null;
    }
    for (Namespace namespace : namespaces) {
      if (namespace.getName().length() == dot && path.startsWith(namespace.getName())) {
        for (Feature feature : namespace.getFeaturesList()) {
          if (path.length() - dot - 1 == feature.getName().length()
              && path.endsWith(feature.getName())) {
            return feature.getValue();
          }
        }
      }
    }
    return null;
  }

  /** The same as text; empty where there is none or it is no text. */
  static String text(List<Namespace> namespaces, String path) {
    FeatureValue value = find(namespaces, path);
    return value == null ? "" : value.getText();
  }
}
