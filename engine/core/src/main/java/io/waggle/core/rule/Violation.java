package io.waggle.core.rule;

/** A broken rule: the field's path and what was expected of it. */
public record Violation(String field, String rule) {
  @Override
  public String toString() {
    return field + ": " + rule;
  }
}
