package io.waggle.app.embedded;

import java.util.Deque;

/** What was started, newest first. */
final class Parts {
  private Parts() {}

  /** Closes newest first; a part that does not stop does not keep the others. */
  static void close(Deque<AutoCloseable> parts) {
    RuntimeException failed = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (failed == null) {
          failed = new IllegalStateException("could not stop a part", e);
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
