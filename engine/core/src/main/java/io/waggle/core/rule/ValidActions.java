package io.waggle.core.rule;

import io.waggle.v1.Action;
import java.util.function.Predicate;

/**
 * Remembers actions that keep the rules: one that is the same object again cannot have changed, and
 * is not looked through anew. Any thread.
 */
@FunctionalInterface
public interface ValidActions {
  /** Remembers nothing. */
  ValidActions NONE = (action, rules) -> rules.test(action);

  /**
   * True: the action keeps the rules, as is found out now or was before.
   *
   * @param rules the same each time
   */
  boolean isValid(Action action, Predicate<Action> rules);
}
