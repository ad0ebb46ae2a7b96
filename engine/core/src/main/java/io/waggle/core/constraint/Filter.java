package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.FilterConstraint;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;

/** Which actions a filter excludes. Immutable; any thread. */
final class Filter {
  private final FilterConstraint config;
  private final Attribute attribute;

  Filter(FilterConstraint config) {
    this.config = config;
    this.attribute = Attribute.of(config.getAttribute());
  }

  /** True: it never gives way. */
  boolean required() {
    return config.getRequired();
  }

  /** What it excludes here; nothing where it asks for a feature that nobody knows. */
  Predicate<Action> excluded(Situation situation) {
    return switch (config.getRuleCase()) {
      case EQUALS -> unlessAnyOf(List.of(config.getEquals()));
      case NOT_EQUALS -> ifAnyOf(List.of(config.getNotEquals()));
      case ABOVE -> unless(number -> number > config.getAbove());
      case BELOW -> unless(number -> number < config.getBelow());
      case CONTAINS_CONTEXT -> {
        List<String> wanted = situation.values(Attribute.of(config.getContainsContext()));
        yield wanted.isEmpty() ? action -> false : unlessAnyOf(wanted);
      }
      case LACKS_CONTEXT -> ifAnyOf(situation.values(Attribute.of(config.getLacksContext())));
      case ABOVE_CONTEXT -> {
        double bound = situation.number(Attribute.of(config.getAboveContext()));
        yield Double.isNaN(bound) ? action -> false : unless(number -> number > bound);
      }
      case BELOW_CONTEXT -> {
        double bound = situation.number(Attribute.of(config.getBelowContext()));
        yield Double.isNaN(bound) ? action -> false : unless(number -> number < bound);
      }
      case RULE_NOT_SET -> action -> false;
    };
  }

  private Predicate<Action> ifAnyOf(List<String> refused) {
    return action -> {
      for (String value : attribute.valuesIn(action.getNamespacesList())) {
        if (refused.contains(value)) {
          return true;
        }
      }
      return false;
    };
  }

  private Predicate<Action> unlessAnyOf(List<String> wanted) {
    return action -> {
      List<String> values = attribute.valuesIn(action.getNamespacesList());
      for (String value : values) {
        if (wanted.contains(value)) {
          return false;
        }
      }
      return !(values.isEmpty() && config.getKeepMissing());
    };
  }

  private Predicate<Action> unless(DoublePredicate holds) {
    return action -> {
      double number = attribute.numberIn(action.getNamespacesList());
      return Double.isNaN(number) ? !config.getKeepMissing() : !holds.test(number);
    };
  }
}
