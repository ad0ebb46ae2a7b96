package io.waggle.deploy;

/**
 * Something wrong in rendered manifests.
 *
 * @param rule the rule it breaks, as the seeded faults name it
 * @param object kind and name
 * @param message what, where
 */
record Finding(String rule, String object, String message) {
  @Override
  public String toString() {
    return rule + ": " + object + ": " + message;
  }
}
