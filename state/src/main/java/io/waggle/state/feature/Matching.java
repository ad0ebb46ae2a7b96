package io.waggle.state.feature;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.InteractionFilter;
import java.util.Set;

/** Which interactions count: a filter as it is declared. Immutable; any thread. */
public final class Matching {
  private final Set<String> types;
  private final String property;
  private final double above;

  public Matching(InteractionFilter filter) {
    types = Set.copyOf(filter.getTypesList());
    property = filter.getProperty();
    above = filter.getAbove();
  }

  /** True: it counts. */
  public boolean counts(Interaction interaction) {
    return (types.isEmpty() || types.contains(interaction.getType()))
        && (property.isEmpty() || number(interaction, property) > above);
  }

  /** The first number of that name among the properties; NaN: there is none. */
  static double number(Interaction interaction, String name) {
    for (Feature each : interaction.getPropertiesList()) {
      if (each.getName().equals(name)
          && each.getValue().getKindCase() == FeatureValue.KindCase.NUMBER) {
        return each.getValue().getNumber();
      }
    }
    return Double.NaN;
  }

  /** What is added up: 1, or the property of that name, NaN where it is absent or no number. */
  static double amount(Interaction interaction, String sum) {
    if (sum.isEmpty()) {
      return 1;
    }
    double amount = number(interaction, sum);
    return Double.isFinite(amount) ? amount : Double.NaN;
  }
}
