package io.waggle.jobs.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Savepoints of each version of the jobs, {@code VERSION/JOB} under the tests' resources. */
final class KeptSavepoints {
  static final String SESSION = "session";
  static final String LEARNING = "learning";

  private static final Path FOLDER = Path.of("src/test/resources/savepoints/jobs");

  private KeptSavepoints() {}

  /** Where a version's savepoint of a job is. */
  static Path of(String version, String job) {
    return FOLDER.resolve(version).resolve(job);
  }

  /** Every version that is kept, at least one. */
  static List<String> versions() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      List<String> versions = folders.map(Path::getFileName).map(String::valueOf).sorted().toList();
      if (versions.isEmpty()) {
        throw new IllegalStateException(FOLDER + ": empty (expected: a folder a version)");
      }
      return versions;
    }
  }
}
