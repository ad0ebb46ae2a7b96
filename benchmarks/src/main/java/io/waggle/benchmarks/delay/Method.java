package io.waggle.benchmarks.delay;

/** When and how a simulated learner learns. */
enum Method {
  /** Complete decisions at the window's end. */
  WINDOW_END("#888"),

  /** Rewarded decisions at their first reward, the others at the window's end; evaluated then. */
  NAIVE("#c60"),

  /** The default reward when shown, the reward when it comes; nothing is corrected. */
  UNCORRECTED("#06c"),

  /** The same with the delay corrected: what the job does. */
  CORRECTED("#080");

  private final String color;

  Method(String color) {
    this.color = color;
  }

  /** Of its line in a chart. */
  String color() {
    return color;
  }

  boolean staged() {
    return this == UNCORRECTED || this == CORRECTED;
  }
}
