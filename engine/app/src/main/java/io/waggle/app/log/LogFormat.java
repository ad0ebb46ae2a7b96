package io.waggle.app.log;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DecisionLogWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A format of logs.
 *
 * @param name what {@code --format} calls it
 * @param endings of the names of its files; none: it has to be named
 * @param reader opens one
 * @param writer creates one; null: this format is read only
 */
record LogFormat(String name, List<String> endings, Reader reader, @Nullable Writer writer) {
  /** Opens a log. */
  interface Reader {
    /**
     * The log.
     *
     * @param surface that the decisions of a log that names none are said to be made for
     */
    DecisionLog open(Path path, String surface) throws IOException;
  }

  /** Creates a log. */
  interface Writer {
    DecisionLogWriter create(Path path) throws IOException;
  }

  LogFormat {
    endings = List.copyOf(endings);
  }

  boolean isOf(Path path) {
    String file = path.toString();
    return endings.stream().anyMatch(file::endsWith);
  }
}
