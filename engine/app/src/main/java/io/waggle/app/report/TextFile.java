package io.waggle.app.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command was told to write. */
public final class TextFile {
  private TextFile() {}

  /**
   * Writes a text in place of what was there; folders that are missing are made.
   *
   * @throws IOException when it cannot be written
   */
  public static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, text);
  }
}
