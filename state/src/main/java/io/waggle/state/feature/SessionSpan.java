package io.waggle.state.feature;

import io.waggle.v1.Session;

/**
 * When the current session began and the one before it, by which whatever was met belongs to one of
 * them. Sessions only ever grow together and are never split, so whatever is told apart by its time
 * stays right when an interaction joins two.
 *
 * @param startedMillis start of the current session
 * @param pastStartedMillis start of the session before, while it may still be joined; else that of
 *     the current one
 */
record SessionSpan(long startedMillis, long pastStartedMillis) {
  /** The spans of a session, the newest interaction folded. */
  static SessionSpan of(Session session) {
    long started = session.getStartedMillis();
    return new SessionSpan(
        started, session.hasPast() ? session.getPast().getStartedMillis() : started);
  }

  boolean inCurrent(long timeMillis) {
    return timeMillis >= startedMillis;
  }

  /** True: neither of the two sessions had it. */
  boolean isGone(long timeMillis) {
    return timeMillis < pastStartedMillis;
  }
}
