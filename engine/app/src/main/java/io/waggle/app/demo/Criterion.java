package io.waggle.app.demo;

/**
 * Something that must hold for the demo to succeed.
 *
 * @param name in a few words
 * @param figures what was seen, with the rule it was held against
 */
record Criterion(String name, boolean passed, String figures) {
  String line() {
    return (passed ? "pass  " : "FAIL  ") + name + ": " + figures;
  }
}
