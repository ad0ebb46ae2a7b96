package io.waggle.core.rule;

import io.waggle.v1.Action;

/**
 * Actions that were found valid before and are the same objects again: they cannot change, so they
 * are not looked through anew. Any thread.
 */
public interface ValidActions {
  /** Remembers nothing. */
  ValidActions NONE =
      new ValidActions() {
        @Override
        public boolean contains(Action action) {
          return false;
        }

        @Override
        public void add(Action action) {}
      };

  /** True: this object was added. */
  boolean contains(Action action);

  /** An action that keeps all rules; may be forgotten at any time. */
  void add(Action action);
}
