package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.FilterConstraint;
import java.util.List;
import java.util.function.Predicate;

/** Which items a request asks for. Pure. */
public final class ItemFilters {
  private ItemFilters() {}

  /**
   * True of the actions of which all filters hold.
   *
   * @param filters checked ones
   * @param situation of the request
   */
  public static Predicate<Action> all(List<FilterConstraint> filters, Situation situation) {
    List<Predicate<Action>> excluded =
        filters.stream().map(filter -> new Filter(filter).excluded(situation)).toList();
    return action -> {
      for (Predicate<Action> each : excluded) {
        if (each.test(action)) {
          return false;
        }
      }
      return true;
    };
  }

  /**
   * Why the filters leave none of the items, as {@code field: rule}: the first filter that holds of
   * no item, and whether that is because no item has its attribute; else that no item keeps all.
   *
   * @param items of which none is left
   * @param surface theirs
   */
  public static String none(
      List<FilterConstraint> filters, Situation situation, List<Action> items, String surface) {
    for (int i = 0; i < filters.size(); i++) {
      FilterConstraint filter = filters.get(i);
      if (items.stream().allMatch(new Filter(filter).excluded(situation))) {
        Attribute attribute = Attribute.of(filter.getAttribute());
        boolean unknown =
            items.stream().allMatch(item -> attribute.valuesIn(item.getNamespacesList()).isEmpty());
        return "items.filters[%d]: none of the %d items of surface %s %s"
            .formatted(i, items.size(), surface, unknown ? "has this attribute" : "is left");
      }
    }
    return "items.filters: each holds of some of the %d items of surface %s, but all of none"
        .formatted(items.size(), surface);
  }
}
