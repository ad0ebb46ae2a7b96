package io.waggle.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends the logs of a command to its data directory; the screen is the command's own. */
final class Logging {
  private Logging() {}

  /**
   * Logs to {@code waggle.log} in the directory; to be called before anything logs. A configuration
   * named on the JVM's command line goes first.
   */
  static Path toFile(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the data directory " + directory, e);
    }
    Path log = directory.resolve("waggle.log");
    if (System.getProperty("log4j2.configurationFile") == null) {
      System.setProperty("waggle.log", log.toString());
      System.setProperty("log4j2.configurationFile", "classpath:log4j2-file.xml");
    }
    return log;
  }
}
