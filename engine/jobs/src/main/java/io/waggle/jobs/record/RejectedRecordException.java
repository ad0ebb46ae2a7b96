package io.waggle.jobs.record;

import io.waggle.v1.RejectReason;

/** A record that cannot be used: its reason, and the field and rule for people. */
final class RejectedRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  RejectedRecordException(RejectReason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  RejectReason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
