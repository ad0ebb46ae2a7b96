package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a learner can bear of an example: one infinite number or one namespace that is not ASCII
 * ruins a model or ends the process. The edges check the same and more; this is the last gate.
 * Pure.
 */
final class ExampleRules {
  /** Largest absolute value of a number: what the contract allows. */
  static final double NUMBER_BOUND = 1e6;

  /** Most actions: what the contract allows. */
  static final int ACTIONS_BOUND = 1_000;

  /** Most slots: what the contract allows. */
  static final int SLOTS_BOUND = 50;

  private ExampleRules() {}

  /** The first broken rule as {@code field: value (expected: ...)}; null when there is none. */
  static @Nullable String problem(
      List<Namespace> context, List<Namespace> session, List<Action> actions, List<Slot> slots) {
    if (actions.isEmpty() || actions.size() > ACTIONS_BOUND) {
      return "actions: " + actions.size() + " (expected: 1 to " + ACTIONS_BOUND + " actions)";
    }
    String problem = problem("context", context);
    if (problem == null) {
      problem = problem("session", session);
    }
    for (int i = 0; i < actions.size() && problem == null; i++) {
      problem = SoundNamespaces.problem(actions.get(i).getNamespacesList());
      if (problem != null) {
        problem = "actions[" + i + "].namespaces" + problem;
      }
    }
    return problem == null ? problem(slots, actions.size()) : problem;
  }

  /** More slots than actions cannot be filled; VW refuses them with a leak. */
  private static @Nullable String problem(List<Slot> slots, int actions) {
    int most = Math.min(actions, SLOTS_BOUND);
    if (slots.size() > most) {
      String why = most == actions ? ", one for each action" : "";
      return "slots: " + slots.size() + " (expected: at most " + most + why + ")";
    }
    for (int i = 0; i < slots.size(); i++) {
      String problem = problem(slots.get(i).getFeaturesList());
      if (problem != null) {
        return "slots[" + i + "].features" + problem;
      }
    }
    return null;
  }

  private static @Nullable String problem(String field, List<Namespace> namespaces) {
    String problem = problem(namespaces);
    return problem == null ? null : field + problem;
  }

  private static @Nullable String problem(List<Namespace> namespaces) {
    String problem = null;
    for (int i = 0; i < namespaces.size() && problem == null; i++) {
      problem = problem(i, namespaces.get(i));
    }
    return problem;
  }

  /** The first rule that a namespace breaks, after the name of the list it is in; null: none. */
  static @Nullable String problem(int index, Namespace namespace) {
    if (!isNamespaceName(namespace.getName())) {
      return "["
          + index
          + "].name (expected: an ASCII letter, then letters, digits or underscores)";
    }
    for (int i = 0; i < namespace.getFeaturesCount(); i++) {
      String problem = problem(namespace.getFeatures(i));
      if (problem != null) {
        return "[" + index + "].features[" + i + "]" + problem;
      }
    }
    return null;
  }

  private static @Nullable String problem(Feature feature) {
    if (feature.getName().isEmpty()) {
      return ".name (expected: at least 1 byte)";
    }
    FeatureValue value = feature.getValue();
    return switch (value.getKindCase()) {
      // Written so that NaN fails too.
      case NUMBER ->
          Math.abs(value.getNumber()) <= NUMBER_BOUND
              ? null
              : ".value.number: " + value.getNumber() + " (expected: finite, at most 1e6)";
      case KIND_NOT_SET -> ".value (expected: a number, a text or texts)";
      case TEXT, TEXTS -> null;
    };
  }

  private static boolean isNamespaceName(String name) {
    if (name.isEmpty() || !isLetter(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetter(c) && c != '_' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
