package io.waggle.core.constraint;

import io.waggle.v1.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of one attribute by action, looked up when first asked for. One thread. */
final class AttributeValues {
  private final Attribute attribute;
  private final List<Action> actions;
  private final String[] @Nullable [] values;

  AttributeValues(Attribute attribute, List<Action> actions) {
    this.attribute = attribute;
    this.actions = actions;
    this.values = new String[actions.size()][];
  }

  /** The action's values; none where it has not the attribute. */
  String[] of(int action) {
    String[] known = values[action];
    if (known == null) {
      known =
          attribute.valuesIn(actions.get(action).getNamespacesList()).stream()
              .distinct()
              .toArray(String[]::new);
      values[action] = known;
    }
    return known;
  }

  /** True: they have a value in common. */
  boolean share(int action, int other) {
    for (String value : of(action)) {
      for (String otherValue : of(other)) {
        if (value.equals(otherValue)) {
          return true;
        }
      }
    }
    return false;
  }
}
