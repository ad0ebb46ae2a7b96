package io.waggle.core.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Decisions out of a log, in its order, whatever its format. One thread. */
public interface DecisionLog extends AutoCloseable {
  /**
   * The next decision; null at the end. What cannot be used is counted and passed over.
   *
   * @throws IOException when the log cannot be read on
   */
  @Nullable LoggedDecision next() throws IOException;

  /** Share of the log that has been read, in [0, 1], by its bytes or rows. */
  double progress();

  /** What was read so far. */
  LogCounts counts();

  @Override
  void close() throws IOException;
}
