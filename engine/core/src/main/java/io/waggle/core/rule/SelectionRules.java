package io.waggle.core.rule;

import io.waggle.v1.FilterConstraint;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.RankRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of a request's items, those of single fields checked by hand. Pure; any thread. */
final class SelectionRules {
  private static final int MAX_IDS = 10_000;
  private static final int MAX_FILTERS = 16;
  private static final int MAX_PATH_BYTES = 321;
  private static final int MAX_TEXT_BYTES = 1_024;

  private SelectionRules() {}

  /** Items come in place of actions, and their ids are unique. */
  static List<Violation> request(RankRequest request, List<Violation> violations) {
    if (!request.hasItems()) {
      return violations;
    }
    if (request.getActionsCount() > 0) {
      violations.add(new Violation("items", "none where actions are given"));
    }
    List<String> ids = request.getItems().getItemIdsList();
    Map<String, Integer> firstIndex = new HashMap<>(2 * ids.size());
    for (int i = 0; i < ids.size() && violations.size() < MessageRules.MAX_VIOLATIONS; i++) {
      Integer first = firstIndex.putIfAbsent(ids.get(i), i);
      if (first != null) {
        violations.add(
            new Violation(
                "items.item_ids[" + i + "]", "unique, but equals items.item_ids[" + first + "]"));
      }
    }
    return violations;
  }

  /** True: each field is valid for certain. */
  static boolean accepts(ItemSelection selection) {
    int ids = selection.getItemIdsCount();
    int filters = selection.getFiltersCount();
    if (ids > MAX_IDS || filters > MAX_FILTERS) {
      return false;
    }
    for (int i = 0; i < ids; i++) {
      if (!FastChecks.filled(selection.getItemIds(i), FastChecks.ID_BYTES)) {
        return false;
      }
    }
    for (int i = 0; i < filters; i++) {
      if (!accepts(selection.getFilters(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean accepts(FilterConstraint filter) {
    return isPath(filter.getAttribute())
        && switch (filter.getRuleCase()) {
          case EQUALS -> FastChecks.atMost(filter.getEquals(), MAX_TEXT_BYTES);
          case NOT_EQUALS -> FastChecks.atMost(filter.getNotEquals(), MAX_TEXT_BYTES);
          case ABOVE -> Double.isFinite(filter.getAbove());
          case BELOW -> Double.isFinite(filter.getBelow());
          case CONTAINS_CONTEXT -> isPath(filter.getContainsContext());
          case LACKS_CONTEXT -> isPath(filter.getLacksContext());
          case ABOVE_CONTEXT -> isPath(filter.getAboveContext());
          case BELOW_CONTEXT -> isPath(filter.getBelowContext());
          case RULE_NOT_SET -> false;
        };
  }

  /** A namespace's name, a dot, and something on the same line: {@code .} stands for no other. */
  private static boolean isPath(String path) {
    int dot = path.indexOf('.');
    if (dot < 1 || dot == path.length() - 1 || !FastChecks.atMost(path, MAX_PATH_BYTES)) {
      return false;
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean later = i > 0 && (c == '_' || (c >= '0' && c <= '9'));
      if (i < dot ? !letter && !later : c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
