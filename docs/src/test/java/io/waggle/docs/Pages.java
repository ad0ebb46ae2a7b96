package io.waggle.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The project's pages, found from the module's folder. */
final class Pages {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private Pages() {}

  /** Every Markdown page outside build folders. */
  static List<Path> all() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/node_modules/"))
          .sorted()
          .toList();
    }
  }

  static String read(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }
}
