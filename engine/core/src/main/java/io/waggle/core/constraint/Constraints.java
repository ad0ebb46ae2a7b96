package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.ConstraintConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A surface's constraints, prepared once. Immutable; any thread.
 *
 * <p>For one decision, in this order: exclusions, then pins, then penalties. What is excluded, and
 * what is pinned to a place after the first of a single ranking, is out of the policy's hands
 * before it predicts. Caps, distances and diversity arrange the places after the first of a single
 * ranking, whose first place is drawn; of several slots each is drawn, so they make factors there.
 */
public final class Constraints {
  private final List<ConstraintConfig> configs;
  private final List<String> names;
  private final Exclusions exclusions;
  private final List<Penalty> penalties = new ArrayList<>();
  private final boolean places;

  private record Penalty(int constraint, SeenItems items, double factor) {}

  /**
   * Prepares.
   *
   * @param configs checked ones, the most important first
   */
  public Constraints(List<ConstraintConfig> configs) {
    this.configs = List.copyOf(configs);
    this.names = configs.stream().map(ConstraintConfig::getName).toList();
    this.exclusions = new Exclusions(configs);
    boolean placing = false;
    for (int i = 0; i < configs.size(); i++) {
      ConstraintConfig config = configs.get(i);
      if (config.hasSeen() && config.getSeen().hasFactor()) {
        penalties.add(
            new Penalty(i, new SeenItems(config.getSeen()), config.getSeen().getFactor()));
      }
      placing |= config.hasCap() || config.hasApart() || config.hasDiversity();
    }
    this.places = placing;
  }

  /**
   * What they make of one decision.
   *
   * @throws IllegalArgumentException as {@code actions: rule} when required filters leave nothing
   */
  public Restriction restrict(Situation situation) {
    Effects effects = new Effects(names);
    List<Action> left = exclusions.left(situation, effects);
    int[] pinned = pin(left, situation.slots(), effects);
    double[] factors = penalize(left, situation, effects);
    return new Restriction(
        places ? configs : List.of(), left, pinned, factors, situation.slots(), effects);
  }

  /**
   * What they will make of items.
   *
   * @param declared true of an attribute, {@code namespace.feature}, that items do not have yet
   */
  public Eligibility eligibility(Situation situation, Predicate<String> declared) {
    List<Predicate<Action>> excluded = new ArrayList<>();
    Set<String> pinned = new HashSet<>();
    for (ConstraintConfig config : configs) {
      if (config.hasFilter() && !declared.test(config.getFilter().getAttribute())) {
        excluded.add(new Filter(config.getFilter()).excluded(situation));
      } else if (config.hasSeen() && !config.getSeen().hasFactor()) {
        excluded.add(new SeenItems(config.getSeen()).seen(situation));
      } else if (config.hasPin()) {
        pinned.add(config.getPin().getItem());
      }
    }
    return new Eligibility(
        action -> excluded.stream().anyMatch(each -> each.test(action)), Set.copyOf(pinned));
  }

  /** Action by place, {@link PlacementRule#FREE} where none is pinned. */
  private int[] pin(List<Action> left, int slots, Effects effects) {
    int[] pinned = new int[left.size()];
    Arrays.fill(pinned, PlacementRule.FREE);
    Map<String, Integer> unpinned = null;
    for (int i = 0; i < configs.size(); i++) {
      if (!configs.get(i).hasPin()) {
        continue;
      }
      if (unpinned == null) {
        unpinned = indices(left);
      }
      String item = configs.get(i).getPin().getItem();
      int place = configs.get(i).getPin().getPlace() - 1;
      int places = slots == 0 ? left.size() : Math.min(slots, left.size());
      if (place >= places || (pinned[place] == PlacementRule.FREE && !unpinned.containsKey(item))) {
        effects.unmet(i, 1);
      } else if (pinned[place] == PlacementRule.FREE) {
        pinned[place] = unpinned.remove(item);
        effects.pinned(i, item, place);
      }
    }
    return pinned;
  }

  private static Map<String, Integer> indices(List<Action> actions) {
    Map<String, Integer> indices = new HashMap<>(2 * actions.size());
    for (int action = 0; action < actions.size(); action++) {
      indices.put(actions.get(action).getId(), action);
    }
    return indices;
  }

  private double[] penalize(List<Action> left, Situation situation, Effects effects) {
    double[] factors = new double[left.size()];
    Arrays.fill(factors, 1);
    for (Penalty penalty : penalties) {
      Predicate<Action> seen = penalty.items().seen(situation);
      for (int action = 0; action < factors.length; action++) {
        if (seen.test(left.get(action))) {
          factors[action] *= penalty.factor();
          effects.penalized(penalty.constraint());
        }
      }
    }
    return factors;
  }
}
