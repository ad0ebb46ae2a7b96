package io.waggle.server.explain;

import io.grpc.StatusRuntimeException;
import io.waggle.v1.Decision;
import org.jspecify.annotations.Nullable;

/** Looks for a decision where decisions are logged. Takes seconds; any thread. */
@FunctionalInterface
public interface DecisionSearch {
  /**
   * What was found.
   *
   * @param decision with its position; null: it was not there
   * @param looked where it was looked for or found, for people
   */
  record Found(@Nullable Decision decision, String looked) {}

  /**
   * Looks for a decision among those of a stretch of time, the newest first.
   *
   * @throws StatusRuntimeException UNAVAILABLE when the log cannot be read
   */
  Found find(String decisionId, long fromMillis, long toMillis);
}
