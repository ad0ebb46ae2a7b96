package io.waggle.core.model;

/** An example that the guard or the learner refused; the message names the field and the rule. */
public final class RejectedExampleException extends Exception {
  private static final long serialVersionUID = 1L;

  public RejectedExampleException(String message) {
    super(message);
  }
}
