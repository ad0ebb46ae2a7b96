package io.waggle.core.log;

/** A line that gives no decision; the message is the reason and holds nothing of the line. */
final class UnusableLineException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean bad;

  private UnusableLineException(String reason, boolean bad) {
    // Many lines may be so: no stack trace is taken.
    super(reason, null, false, false);
    this.bad = bad;
  }

  /** It breaks a rule. */
  static UnusableLineException bad(String rule) {
    return new UnusableLineException(rule, true);
  }

  /** It is not meant to give one, or says what decisions here cannot hold. */
  static UnusableLineException passedOver(String reason) {
    return new UnusableLineException(reason, false);
  }

  boolean isBad() {
    return bad;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
