package io.waggle.app.cluster;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Small files of whole numbers, replaced in one step so that a reader never sees half of one. */
final class PropertiesFile {
  private PropertiesFile() {}

  static void write(Path file, Map<String, Long> values) {
    Properties properties = new Properties();
    values.forEach((name, value) -> properties.setProperty(name, Long.toString(value)));
    Path written = file.resolveSibling(file.getFileName() + ".new");
    try {
      StringWriter text = new StringWriter();
      properties.store(text, null);
      Files.writeString(written, text.toString());
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Empty when there is no such file. */
  static Optional<Properties> read(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(reader);
      return Optional.of(properties);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * A number of a file.
   *
   * @throws IllegalStateException naming file and key when it is absent or none
   */
  static long number(Properties properties, Path file, String key) {
    String value = properties.getProperty(key, "");
    if (!value.matches("\\d{1,18}")) {
      throw new IllegalStateException(
          "%s: %s: %s (expected: a whole number)"
              .formatted(file, key, value.isEmpty() ? "absent" : value));
    }
    return Long.parseLong(value);
  }
}
