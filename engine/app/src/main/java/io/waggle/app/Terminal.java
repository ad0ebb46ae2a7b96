package io.waggle.app;

/** Whether someone is looking. */
final class Terminal {
  private Terminal() {}

  /** True when the output is a terminal; the launcher says so. */
  static boolean isPresent() {
    return Boolean.getBoolean("waggle.terminal");
  }
}
