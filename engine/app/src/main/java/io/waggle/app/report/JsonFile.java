package io.waggle.app.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Figures as a JSON file for {@code --json}. */
public final class JsonFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonFile() {}

  /**
   * Writes figures, a map or a list, in their order; folders that are missing are made.
   *
   * @throws UncheckedIOException when the file cannot be written
   */
  public static void write(Path file, Object figures) {
    try {
      TextFile.write(file, JSON.writeValueAsString(figures) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
