package io.waggle.jobs.learn;

/**
 * Whether a learner is fit to go on. It is stopped when it cannot be opened, when it throws {@value
 * #FAILURES} times in a row, or at once when a probability it predicts or its loss is not a finite
 * number. An example that a learner refuses is the example's fault: it neither counts as a failure
 * nor ends a row of them. One thread.
 */
final class PolicyHealth {
  /** So many failures in a row stop a learner: one alone may be the example's. */
  static final int FAILURES = 3;

  private String stopped;
  private int failures;

  /**
   * As saved.
   *
   * @param stopped why it was stopped; empty: it was not
   */
  PolicyHealth(String stopped) {
    this.stopped = stopped;
  }

  /** A learner whose numbers are not finite does not come back by itself. */
  static final class DivergedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    DivergedException(String message) {
      super(message);
    }
  }

  /** It took an example. */
  void succeeded() {
    failures = 0;
  }

  /** It failed on an example; true: that was once too often and it is stopped. */
  boolean failed(RuntimeException failure) {
    failures++;
    if (!(failure instanceof DivergedException) && failures < FAILURES) {
      return false;
    }
    String times = failures == FAILURES ? FAILURES + " failures in a row, the last: " : "";
    stop(times + failure.getMessage());
    return true;
  }

  void stop(String reason) {
    stopped = reason;
  }

  /** Another learner has taken the stopped one's place. */
  void recover() {
    stopped = "";
    failures = 0;
  }

  boolean isStopped() {
    return !stopped.isEmpty();
  }

  /** Why it is stopped; empty: it is not. */
  String reason() {
    return stopped;
  }
}
