package io.waggle.app.evaluate;

import io.waggle.core.log.DecisionLog;
import java.io.IOException;

/** A log that can be read more than once. */
@FunctionalInterface
public interface LogSource {
  /**
   * Opens it at its beginning.
   *
   * @throws IllegalArgumentException when there is no such log
   */
  DecisionLog open() throws IOException;
}
