package io.waggle.core.rule;

import com.google.protobuf.Message;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Item;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What holds between the fields of one message and no annotation can say. Called for messages whose
 * every field is valid. Pure; any thread.
 */
final class CrossFieldRules {
  /** How far the probabilities of a decision may sum from 1: rounding of 1,000 floats. */
  private static final double SUM_SLACK = 1e-6;

  private static final int MAX_ITEM_BYTES = 65_536;

  private CrossFieldRules() {}

  /** Broken rules, at most {@link MessageRules#MAX_VIOLATIONS}; empty: valid. */
  static List<Violation> check(Message message) {
    if (message instanceof RankRequest request) {
      List<Violation> violations = SlotRules.request(request, uniqueIds(request.getActionsList()));
      return first(SelectionRules.request(request, violations));
    }
    if (message instanceof Item item) {
      return size("", item);
    }
    if (message instanceof PutItemsRequest request) {
      return first(items(request.getItemsList()));
    }
    return message instanceof Decision decision ? decision(decision) : List.of();
  }

  /** Each of a size that thousands of them can be kept in memory, and each named once. */
  private static List<Violation> items(List<Item> items) {
    List<Violation> violations = new ArrayList<>(0);
    Map<List<String>, Integer> firstIndex = new HashMap<>(2 * items.size());
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      violations.addAll(size("items[" + i + "]", item));
      Integer first = firstIndex.putIfAbsent(List.of(item.getSurface(), item.getItemId()), i);
      if (first != null) {
        violations.add(
            new Violation(
                "items[" + i + "].item_id", "unique, but equals items[" + first + "].item_id"));
      }
    }
    return violations;
  }

  private static List<Violation> size(String field, Item item) {
    return item.getSerializedSize() <= MAX_ITEM_BYTES
        ? List.of()
        : List.of(
            new Violation(
                field.isEmpty() ? "attributes" : field + ".attributes",
                "at most " + MAX_ITEM_BYTES + " bytes with the item's names"));
  }

  private static List<Violation> decision(Decision decision) {
    List<Violation> violations = new ArrayList<>(uniqueIds(decision.getActionsList()));
    order(decision, violations);
    probabilities("", decision.getProbabilitiesList(), decision.getActionsCount(), violations);
    FactorRules.decision(decision, violations);
    return first(SlotRules.decision(decision, violations));
  }

  private static List<Violation> first(List<Violation> violations) {
    return violations.subList(0, Math.min(violations.size(), MessageRules.MAX_VIOLATIONS));
  }

  private static List<Violation> uniqueIds(List<Action> actions) {
    List<Violation> violations = new ArrayList<>(0);
    // Twice the size: no rehashing while it fills.
    Map<String, Integer> firstIndexById = new HashMap<>(2 * actions.size());
    for (int i = 0; i < actions.size(); i++) {
      Integer first = firstIndexById.putIfAbsent(actions.get(i).getId(), i);
      if (first != null && violations.size() < MessageRules.MAX_VIOLATIONS) {
        violations.add(
            new Violation("actions[" + i + "].id", "unique, but equals actions[" + first + "].id"));
      }
    }
    return violations;
  }

  private static void order(Decision decision, List<Violation> violations) {
    int actions = decision.getActionsCount();
    BitSet seen = new BitSet(actions);
    for (int i = 0; i < decision.getOrderCount(); i++) {
      // Unsigned on the wire: a huge index reads as a negative one.
      int index = decision.getOrder(i);
      if (index < 0 || index >= actions) {
        violations.add(
            new Violation(
                "order[" + i + "]",
                "an index of actions, below "
                    + actions
                    + ", not "
                    + Integer.toUnsignedString(index)));
      } else if (seen.get(index)) {
        violations.add(new Violation("order[" + i + "]", "distinct, but repeats " + index));
      } else {
        seen.set(index);
      }
    }
  }

  /** Empty, or a distribution over the actions. */
  static void probabilities(
      String prefix, List<Double> probabilities, int actions, List<Violation> violations) {
    int count = probabilities.size();
    if (count == 0) {
      return;
    }
    if (count != actions) {
      violations.add(
          new Violation(
              prefix + "probabilities", "empty or one per action: " + actions + ", not " + count));
      return;
    }
    double sum = 0;
    boolean valid = true;
    for (int i = 0; i < count; i++) {
      double probability = probabilities.get(i);
      sum += probability;
      if (!(probability >= 0 && probability <= Double.MAX_VALUE)) {
        valid = false;
        violations.add(
            new Violation(
                prefix + "probabilities[" + i + "]", "finite and at least 0, not " + probability));
      }
    }
    if (valid && Math.abs(sum - 1) > SUM_SLACK) {
      violations.add(new Violation(prefix + "probabilities", "a sum of 1, not " + sum));
    }
  }
}
