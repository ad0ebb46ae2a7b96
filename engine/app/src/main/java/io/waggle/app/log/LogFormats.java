package io.waggle.app.log;

import io.waggle.app.replay.OpenBanditDecisions;
import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.DsjsonLog;
import io.waggle.core.log.DsjsonWriter;
import io.waggle.core.log.JsonLinesLog;
import io.waggle.core.log.JsonLinesWriter;
import io.waggle.core.parquet.LogFilter;
import io.waggle.core.parquet.ParquetDecisionLog;
import io.waggle.core.parquet.ParquetDecisionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The formats of logs that commands read and write, by name or by the endings of file names. */
public final class LogFormats {
  /** Surface of decisions out of logs that name none. */
  public static final String DEFAULT_SURFACE = "log";

  private static final String PARQUET = "parquet";

  private static final List<LogFormat> ALL =
      List.of(
          new LogFormat(
              "dsjson", List.of(".dsjson", ".dsjson.gz"), DsjsonLog::open, DsjsonWriter::create),
          new LogFormat(
              "jsonl",
              List.of(".jsonl", ".jsonl.gz"),
              (file, surface) -> JsonLinesLog.open(file),
              JsonLinesWriter::create),
          new LogFormat(
              PARQUET,
              List.of(".parquet"),
              (path, surface) -> ParquetDecisionLog.open(path, LogFilter.ALL),
              ParquetDecisionWriter::create),
          new LogFormat("open-bandit", List.of(), OpenBanditDecisions::open, null));

  private LogFormats() {}

  /**
   * Opens a log.
   *
   * @param format its name; null: by the path's ending
   * @throws IllegalArgumentException when the format is not known or there is no such path
   */
  public static DecisionLog open(Path path, @Nullable String format) throws IOException {
    return open(path, format, DEFAULT_SURFACE);
  }

  /**
   * The same.
   *
   * @param surface that the decisions of a log that names none are said to be made for
   */
  public static DecisionLog open(Path path, @Nullable String format, String surface)
      throws IOException {
    // A directory has no ending: it is what the learning job writes.
    LogFormat found = find(path, format == null && Files.isDirectory(path) ? PARQUET : format, ALL);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(path + ": no such file (expected: a log)");
    }
    return found.reader().open(path, surface);
  }

  /**
   * Creates a log, or replaces it.
   *
   * @param format its name; null: by the path's ending
   * @throws IllegalArgumentException when the format is not known or read only
   */
  public static DecisionLogWriter create(Path path, @Nullable String format) throws IOException {
    List<LogFormat> writable = ALL.stream().filter(one -> one.writer() != null).toList();
    LogFormat.Writer writer = find(path, format, writable).writer();
    if (writer == null) {
      throw new IllegalStateException("a format that is written has a writer");
    }
    return writer.create(path);
  }

  private static LogFormat find(Path path, @Nullable String format, List<LogFormat> formats) {
    for (LogFormat one : formats) {
      if (format == null ? one.isOf(path) : one.name().equals(format)) {
        return one;
      }
    }
    String expected = formats.stream().map(LogFormat::name).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        format == null
            ? path + ": format not known by its name (expected: name one of " + expected + ")"
            : "format: " + format + " (expected: one of " + expected + ")");
  }
}
