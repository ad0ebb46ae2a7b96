package io.waggle.core.constraint;

import io.waggle.v1.Action;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a surface's constraints will make of items, as far as it can be told before they have their
 * declared features: so that the places for candidates are not spent on what is not shown.
 *
 * @param excluded true: an exclusion will take the action out, unless it gives way
 * @param pinned ids of items with a place of their own
 */
public record Eligibility(Predicate<Action> excluded, Set<String> pinned) {
  /** Of a surface without constraints. */
  public static final Eligibility ALL = new Eligibility(action -> false, Set.of());
}
