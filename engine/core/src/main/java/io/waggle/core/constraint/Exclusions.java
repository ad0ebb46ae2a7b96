package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.ConstraintConfig;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes out the actions that may not be shown. Where nothing is left, the exclusion declared last
 * gives way, then the one before it; one that is required never does. Immutable; any thread.
 */
final class Exclusions {
  private final List<Exclusion> exclusions = new ArrayList<>();

  /** One of the surface's constraints that excludes, by its place among all of them. */
  private record Exclusion(
      int constraint, String name, @Nullable Filter filter, @Nullable SeenItems seen) {
    Predicate<Action> excluded(Situation situation) {
      return filter != null
          ? filter.excluded(situation)
          : seen != null ? seen.seen(situation) : action -> false;
    }

    boolean isRequired() {
      return filter != null && filter.required();
    }
  }

  Exclusions(List<ConstraintConfig> configs) {
    for (int i = 0; i < configs.size(); i++) {
      ConstraintConfig config = configs.get(i);
      if (config.hasFilter()) {
        exclusions.add(new Exclusion(i, config.getName(), new Filter(config.getFilter()), null));
      } else if (config.hasSeen() && !config.getSeen().hasFactor()) {
        exclusions.add(new Exclusion(i, config.getName(), null, new SeenItems(config.getSeen())));
      }
    }
  }

  /**
   * The actions left, at least one, in their order.
   *
   * @throws IllegalArgumentException as {@code actions: rule} when required filters leave nothing
   */
  List<Action> left(Situation situation, Effects effects) {
    List<Action> actions = situation.actions();
    List<BitSet> excluded = new ArrayList<>(exclusions.size());
    for (Exclusion each : exclusions) {
      excluded.add(excluded(each.excluded(situation), actions));
    }
    giveWay(excluded, actions.size(), effects);
    List<Action> left = new ArrayList<>(actions.size());
    for (int action = 0; action < actions.size(); action++) {
      int first = firstThatExcludes(excluded, action);
      if (first < 0) {
        left.add(actions.get(action));
      } else {
        effects.excluded(exclusions.get(first).constraint(), actions.get(action).getId());
      }
    }
    return left.size() == actions.size() ? actions : left;
  }

  private static BitSet excluded(Predicate<Action> rule, List<Action> actions) {
    BitSet excluded = new BitSet(actions.size());
    for (int action = 0; action < actions.size(); action++) {
      if (rule.test(actions.get(action))) {
        excluded.set(action);
      }
    }
    return excluded;
  }

  private void giveWay(List<BitSet> excluded, int actions, Effects effects) {
    for (int i = exclusions.size() - 1; i >= 0 && all(excluded).cardinality() == actions; i--) {
      if (!exclusions.get(i).isRequired() && !excluded.get(i).isEmpty()) {
        effects.unmet(exclusions.get(i).constraint(), excluded.get(i).cardinality());
        excluded.get(i).clear();
      }
    }
    if (all(excluded).cardinality() == actions) {
      throw new IllegalArgumentException(
          "actions: none is left by the constraints that are required: "
              + exclusions.stream().filter(Exclusion::isRequired).map(Exclusion::name).toList());
    }
  }

  private static BitSet all(List<BitSet> excluded) {
    BitSet all = new BitSet();
    excluded.forEach(all::or);
    return all;
  }

  private static int firstThatExcludes(List<BitSet> excluded, int action) {
    for (int i = 0; i < excluded.size(); i++) {
      if (excluded.get(i).get(action)) {
        return i;
      }
    }
    return -1;
  }
}
