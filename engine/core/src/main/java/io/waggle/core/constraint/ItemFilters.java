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
}
