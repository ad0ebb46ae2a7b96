package io.waggle.app.evaluate;

/** What DM and DR expect rewards by. */
public enum RewardModelKind {
  /** Nothing: there is no DM and no DR. */
  NONE,
  /** The job's own model, which learns each reward after it was expected. */
  ONLINE,
  /** The mean reward of each action, counted on the whole log beforehand. */
  TABULAR
}
