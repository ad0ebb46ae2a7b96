package io.waggle.core.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;

/**
 * Features of many actions that are one number each and other ones in the next request, such as a
 * click rate: told beside the actions, so that what is found out about these can be kept.
 *
 * @param names each a namespace with one feature, which is 1
 * @param values {@code float[names][actions]}, by the place in the list of all actions, of those
 *     asked for; 0: the action has none. Not to be changed
 */
public record MovingNumbers(List<Namespace> names, float[][] values) {
  /** There are none. */
  public static final MovingNumbers NONE = new MovingNumbers(List.of(), new float[0][]);

  public MovingNumbers {
    names = List.copyOf(names);
    if (names.size() != values.length) {
      throw new IllegalArgumentException(
          "values: %d (expected: %d, one a name)".formatted(values.length, names.size()));
    }
  }

  /** The namespace of one number: its name alone. */
  public static Namespace name(String namespace, String feature) {
    return Namespace.newBuilder()
        .setName(namespace)
        .addFeatures(
            Feature.newBuilder().setName(feature).setValue(FeatureValue.newBuilder().setNumber(1)))
        .build();
  }
}
