package io.waggle.core.log;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** A log of which each line is a decision, packed where its name ends with {@code .gz}. */
final class LineWriter implements DecisionLogWriter {
  /** A decision as a line without its end. */
  interface Line {
    String of(LoggedDecision decision) throws IOException;
  }

  private final Writer writer;
  private final Line line;

  private LineWriter(Writer writer, Line line) {
    this.writer = writer;
    this.line = line;
  }

  static LineWriter create(Path file, Line line) throws IOException {
    OutputStream bytes = Files.newOutputStream(file);
    try {
      OutputStream packed = file.toString().endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes;
      return new LineWriter(
          new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8)), line);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  @Override
  public void write(LoggedDecision decision) throws IOException {
    writer.write(line.of(decision));
    writer.write('\n');
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
