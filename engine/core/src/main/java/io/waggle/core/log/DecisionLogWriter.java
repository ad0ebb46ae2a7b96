package io.waggle.core.log;

import java.io.IOException;

/** Writes decisions to a log; whole once it is closed. One thread. */
public interface DecisionLogWriter extends AutoCloseable {
  /**
   * Appends a decision.
   *
   * @param decision a valid one, see {@link JoinedRules}
   * @throws IOException when the log cannot be written on
   */
  void write(LoggedDecision decision) throws IOException;

  @Override
  void close() throws IOException;
}
