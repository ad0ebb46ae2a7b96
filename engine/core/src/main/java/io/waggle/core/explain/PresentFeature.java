package io.waggle.core.explain;

import io.waggle.v1.FeaturePart;
import org.jspecify.annotations.Nullable;

/**
 * A feature that an action has.
 *
 * @param text its category; null: it is a number
 * @param value what its weight is multiplied by; 1 for a category
 * @param index hash times the number of weight sets, not masked
 */
record PresentFeature(
    String namespace, String name, @Nullable String text, float value, int index) {

  FeaturePart part() {
    FeaturePart.Builder part =
        FeaturePart.newBuilder().setNamespace(namespace).setFeature(name).setValue(value);
    return text == null ? part.build() : part.setText(text).build();
  }
}
