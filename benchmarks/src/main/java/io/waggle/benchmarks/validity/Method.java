package io.waggle.benchmarks.validity;

/** Intervals that are looked at. */
enum Method {
  /** The evaluated policy's value, as the job computes it. */
  VALUE("value, as the job has it", "#06c"),

  /** Its lift over the logging policy, as the job computes it. */
  LIFT("lift, as the job has it", "#080"),

  /** The value for a single look, by the central limit theorem. */
  GAUSSIAN("gaussian, for one look", "#c60"),

  /** The value if it did not move. */
  FIXED_VALUE("for a value that stays", "#808");

  /** In charts. */
  final String label;

  /** In charts. */
  final String color;

  Method(String label, String color) {
    this.label = label;
    this.color = color;
  }
}
