package io.waggle.benchmarks.delay;

/** When and how a simulated learner learns. */
enum Method {
  /** Complete decisions at the window's end. */
  WINDOW_END,

  /** Rewarded decisions at their first reward, the others at the window's end; evaluated then. */
  NAIVE,

  /** The default reward when shown, the reward when it comes; nothing is corrected. */
  UNCORRECTED,

  /** The same with the delay corrected: what the job does. */
  CORRECTED;

  boolean staged() {
    return this == UNCORRECTED || this == CORRECTED;
  }
}
