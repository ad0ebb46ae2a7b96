package io.waggle.core.surface;

import io.waggle.v1.ConstraintConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of a surface's constraints that no field has alone. Pure. */
final class ConstraintChecks {
  /** Takes a broken rule. */
  interface Problems {
    void add(String field, String value, String expected);
  }

  private ConstraintChecks() {}

  /** Names are unique, an item has one place, and at most one constraint asks for diversity. */
  static void check(List<ConstraintConfig> constraints, Problems problems) {
    Set<String> names = new HashSet<>();
    Map<String, String> pinnedBy = new HashMap<>();
    String diversity = "";
    for (int i = 0; i < constraints.size(); i++) {
      ConstraintConfig constraint = constraints.get(i);
      String field = "constraints[" + i + "]";
      if (!names.add(constraint.getName())) {
        problems.add(field + ".name", constraint.getName(), "unique among the constraints");
      }
      if (constraint.hasPin()) {
        String item = constraint.getPin().getItem();
        String other = pinnedBy.putIfAbsent(item, constraint.getName());
        if (other != null) {
          problems.add(
              field + ".pin.item", item, "one place for it, and " + other + " pins it too");
        }
      }
      if (constraint.hasDiversity() && !diversity.isEmpty()) {
        problems.add(
            field + ".diversity",
            constraint.getName(),
            "at most one, and " + diversity + " is one");
      } else if (constraint.hasDiversity()) {
        diversity = constraint.getName();
      }
    }
  }
}
