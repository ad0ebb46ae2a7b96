package io.waggle.core.declared;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of items. Immutable; any thread.
 *
 * @param name its name, or {@code namespace.name} where several namespaces have one of that name
 */
record ItemAttribute(String name) {
  /** The first that has the name; null: the item has none. */
  @Nullable FeatureValue of(Item item) {
    for (Namespace namespace : item.getAttributesList()) {
      for (Feature feature : namespace.getFeaturesList()) {
        if (names(namespace, feature)) {
          return feature.getValue();
        }
      }
    }
    return null;
  }

  /** True: the feature of an item is this attribute. */
  boolean names(Namespace namespace, Feature feature) {
    String own = feature.getName();
    if (name.endsWith(own)) {
      int before = name.length() - own.length() - 1;
      return before < 0
          || (before == namespace.getName().length()
              && name.charAt(before) == '.'
              && name.startsWith(namespace.getName()));
    }
    return false;
  }
}
