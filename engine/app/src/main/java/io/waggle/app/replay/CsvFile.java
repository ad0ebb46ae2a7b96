package io.waggle.app.replay;

import io.waggle.core.log.FileProgress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file, plain or {@code .gz}, row by row; the first line names the columns. Quoted
 * fields may hold commas and doubled quotes, not line breaks. One thread.
 */
final class CsvFile implements AutoCloseable {
  /** A longer line is no row of a table. */
  private static final int LINE_CHARS_MAX = 1 << 20;

  private final FileProgress progress;
  private final BufferedReader reader;
  private final Map<String, Integer> columns = new HashMap<>();
  private final List<String> names;
  private long line = 1;

  private CsvFile(Path file, FileProgress progress, BufferedReader reader) throws IOException {
    this.progress = progress;
    this.reader = reader;
    String header = reader.readLine();
    if (header == null) {
      throw new IllegalArgumentException(file + ": empty (expected: a line of column names)");
    }
    names = split(header);
    for (int i = 0; i < names.size(); i++) {
      columns.put(names.get(i), i);
    }
  }

  static CsvFile open(Path file) throws IOException {
    FileProgress bytes = FileProgress.open(file);
    try {
      return new CsvFile(
          file,
          bytes,
          new BufferedReader(new InputStreamReader(bytes.content(file), StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /** The columns' names as they stand. */
  List<String> names() {
    return names;
  }

  /** The next row, or null at the end; empty lines are passed over. */
  @Nullable Row next() throws IOException {
    String text = reader.readLine();
    line++;
    while (text != null && text.isBlank()) {
      text = reader.readLine();
      line++;
    }
    return text == null ? null : new Row(line, text);
  }

  /** Share of the file that has been read, in [0, 1]. */
  double progress() {
    return progress.share();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private static List<String> split(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  /** A row; its fields are read by the columns' names. */
  final class Row {
    private final long number;
    private final List<String> fields;

    private Row(long number, String text) {
      this.number = number;
      if (text.length() > LINE_CHARS_MAX) {
        throw new BadRowException("line: longer than " + LINE_CHARS_MAX + " characters");
      }
      this.fields = split(text);
      if (fields.size() != names.size()) {
        throw new BadRowException(
            "columns: " + fields.size() + " (expected: " + names.size() + ")");
      }
    }

    /** Line in the file, from 1. */
    long number() {
      return number;
    }

    /** A field's text. */
    String text(String column) {
      Integer index = columns.get(column);
      if (index == null) {
        throw new BadRowException(column + ": no such column");
      }
      return fields.get(index);
    }

    /** A field as a finite number. */
    double number(String column) {
      String text = text(column);
      try {
        double value = Double.parseDouble(text);
        if (Double.isFinite(value)) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw new BadRowException(column + ": not a number", e);
      }
      throw new BadRowException(column + ": not finite");
    }
  }
}
