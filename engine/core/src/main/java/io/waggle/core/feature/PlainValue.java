package io.waggle.core.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;

/** Values of features as people write them. Pure. */
public final class PlainValue {
  private static final double EXACT_BELOW = 1e15;

  private PlainValue() {}

  /** A number without a fraction reads 3, not 3.0; a list of texts, or nothing, is empty. */
  public static String of(FeatureValue value) {
    return switch (value.getKindCase()) {
      case TEXT -> value.getText();
      case NUMBER -> {
        double number = value.getNumber();
        yield number == Math.rint(number) && Math.abs(number) < EXACT_BELOW
            ? String.valueOf((long) number)
            : String.valueOf(number);
      }
      case TEXTS, KIND_NOT_SET -> "";
    };
  }

  /** That of the first feature of that name in any namespace; empty when there is none. */
  public static String find(List<Namespace> namespaces, String feature) {
    for (Namespace namespace : namespaces) {
      for (Feature each : namespace.getFeaturesList()) {
        if (each.getName().equals(feature)) {
          return of(each.getValue());
        }
      }
    }
    return "";
  }
}
