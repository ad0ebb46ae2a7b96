package io.waggle.state.join;

import io.waggle.v1.DerivedCombination;
import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.DerivedRewards;
import io.waggle.v1.Feature;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What interactions and signals are worth, and how that combines with explicit rewards. Immutable.
 *
 * @param rules at most 32; an interaction or signal takes the first that fits, and each can be
 *     reached; empty: nothing is derived
 * @param cap largest absolute sum of the derived rewards of a decision (of each of its slots);
 *     above 0, infinite: no bound
 * @param together true: explicit and derived rewards are aggregated together; false: where there is
 *     an explicit one, derived ones do not count
 */
public record DerivationSettings(List<DerivedRewardRule> rules, double cap, boolean together)
    implements Serializable {
  /** Most rules of a surface. */
  public static final int MAX_RULES = 32;

  /** No rules. */
  public static final DerivationSettings NONE =
      new DerivationSettings(List.of(), Double.POSITIVE_INFINITY, false);

  private static final long serialVersionUID = 1L;

  public DerivationSettings {
    rules = List.copyOf(rules);
    if (rules.size() > MAX_RULES) {
      throw RewardSettings.broken("derived.rules", rules.size() + " rules", "at most " + MAX_RULES);
    }
    if (!(cap > 0)) {
      throw RewardSettings.broken("derived.cap", cap, "above 0");
    }
    Set<String> interactions = new HashSet<>();
    Set<String> signals = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      DerivedRewardRule rule = rules.get(i);
      String field = "derived.rules[" + i + "]";
      requireOneCause(field, rule);
      if (interactions.contains(rule.getInteraction())) {
        throw RewardSettings.broken(
            field + ".interaction",
            rule.getInteraction(),
            "not behind a rule that takes every such interaction");
      }
      if (!rule.getSignal().isEmpty() && !signals.add(rule.getSignal())) {
        throw RewardSettings.broken(
            field + ".signal", rule.getSignal(), "one rule for each signal");
      }
      if (!rule.getInteraction().isEmpty() && rule.getProperty().isEmpty()) {
        interactions.add(rule.getInteraction());
      }
    }
  }

  private static void requireOneCause(String field, DerivedRewardRule rule) {
    if (rule.getInteraction().isEmpty() && rule.getSignal().isEmpty()) {
      throw RewardSettings.broken(
          field + ".interaction", "not given", "an interaction's type, or a signal in its place");
    }
    if (!rule.getInteraction().isEmpty() && !rule.getSignal().isEmpty()) {
      throw RewardSettings.broken(
          field + ".signal", rule.getSignal(), "not given beside an interaction");
    }
    if (!rule.getSignal().isEmpty() && !rule.getProperty().isEmpty()) {
      throw RewardSettings.broken(
          field + ".property", rule.getProperty(), "not given for a signal");
    }
  }

  /** The rules of a configuration. */
  public static DerivationSettings of(DerivedRewards config) {
    return new DerivationSettings(
        config.getRulesList(),
        config.hasCap() ? config.getCap() : Double.POSITIVE_INFINITY,
        config.getCombine() == DerivedCombination.DERIVED_COMBINATION_TOGETHER);
  }

  /** What the interaction is worth by the first rule that fits; empty: no rule fits. */
  public OptionalDouble valueOf(Interaction interaction) {
    for (DerivedRewardRule rule : rules) {
      if (rule.getSignal().isEmpty()
          && rule.getInteraction().equals(interaction.getType())
          && reached(rule, interaction)) {
        return OptionalDouble.of(rule.getValue());
      }
    }
    return OptionalDouble.empty();
  }

  /** What a match is worth; empty: no rule is for its signal. */
  public OptionalDouble valueOf(Signal signal) {
    for (DerivedRewardRule rule : rules) {
      if (!rule.getSignal().isEmpty() && rule.getSignal().equals(signal.getName())) {
        return OptionalDouble.of(rule.getValue());
      }
    }
    return OptionalDouble.empty();
  }

  /** True: a rule is for interactions. */
  public boolean takesInteractions() {
    return rules.stream().anyMatch(rule -> rule.getSignal().isEmpty());
  }

  /** True: a rule is for signals. */
  public boolean takesSignals() {
    return rules.stream().anyMatch(rule -> !rule.getSignal().isEmpty());
  }

  /** True: the rule asks for no number, or one of that name is above its bound. */
  private static boolean reached(DerivedRewardRule rule, Interaction interaction) {
    if (rule.getProperty().isEmpty()) {
      return true;
    }
    for (Feature property : interaction.getPropertiesList()) {
      if (property.getName().equals(rule.getProperty())
          && property.getValue().hasNumber()
          && property.getValue().getNumber() > rule.getAbove()) {
        return true;
      }
    }
    return false;
  }
}
