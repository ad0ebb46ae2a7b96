package io.waggle.core.constraint;

import io.waggle.core.feature.PlainValue;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.List;

/** A feature by its path {@code namespace.feature}. Immutable. */
record Attribute(String namespace, String feature) {
  /** Splits at the first dot: no namespace's name has one. */
  static Attribute of(String path) {
    int dot = path.indexOf('.');
    if (dot < 1 || dot == path.length() - 1) {
      throw new IllegalArgumentException(path + " (expected: namespace.feature)");
    }
    return new Attribute(path.substring(0, dot), path.substring(dot + 1));
  }

  /** Its values as people write them; none where it is missing. */
  List<String> valuesIn(List<Namespace> namespaces) {
    List<String> values = List.of();
    for (Namespace each : namespaces) {
      if (each.getName().equals(namespace)) {
        for (Feature one : each.getFeaturesList()) {
          if (one.getName().equals(feature)) {
            values = with(values, one.getValue());
          }
        }
      }
    }
    return values;
  }

  private static List<String> with(List<String> values, FeatureValue value) {
    List<String> more =
        switch (value.getKindCase()) {
          case TEXT, NUMBER -> List.of(PlainValue.of(value));
          case TEXTS -> value.getTexts().getValuesList();
          case KIND_NOT_SET -> List.of();
        };
    if (values.isEmpty()) {
      return more;
    }
    List<String> all = new ArrayList<>(values);
    all.addAll(more);
    return all;
  }

  /** Its first number; NaN where there is none. */
  double numberIn(List<Namespace> namespaces) {
    for (Namespace each : namespaces) {
      if (each.getName().equals(namespace)) {
        for (Feature one : each.getFeaturesList()) {
          if (one.getName().equals(feature) && one.getValue().hasNumber()) {
            return one.getValue().getNumber();
          }
        }
      }
    }
    return Double.NaN;
  }
}
