package io.waggle.core.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.ItemAttributeFeature;
import io.waggle.v1.Namespace;
import io.waggle.v1.NumberForm;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of items. Immutable; any thread.
 *
 * @param name the attribute's name, as {@code namespace.feature} where it is that of several
 *     namespaces; without one the first attribute of that name
 * @param form how a number reaches the learner
 */
record ItemAttribute(String name, NumberForm form) {
  static ItemAttribute of(ItemAttributeFeature feature) {
    return new ItemAttribute(feature.getAttribute(), feature.getForm());
  }

  /** The item's value; null where it has none. */
  @Nullable FeatureValue value(Item item) {
    FeatureValue value = FeaturePaths.find(item.getAttributesList(), name);
    if (value == null) {
      value = byName(item);
    }
    return value != null && value.hasNumber() ? NumberForms.of(form, value.getNumber()) : value;
  }

  private @Nullable FeatureValue byName(Item item) {
    for (Namespace namespace : item.getAttributesList()) {
      for (Feature feature : namespace.getFeaturesList()) {
        if (feature.getName().equals(name)) {
          return feature.getValue();
        }
      }
    }
    return null;
  }

  /** True: the feature of the item is this attribute, or one of its name. */
  boolean names(Namespace namespace, Feature feature) {
    return feature.getName().equals(name)
        || name.equals(namespace.getName() + "." + feature.getName());
  }
}
