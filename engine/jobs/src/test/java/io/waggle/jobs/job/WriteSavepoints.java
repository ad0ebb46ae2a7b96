package io.waggle.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the savepoints of a version that is released, to be kept and restored for ever; run by
 * profile {@code write-savepoints} alone, see docs/operations/upgrades.md. Each savepoint is one
 * small file.
 */
class WriteSavepoints {
  private static final String VERSION = "waggle.savepoints";

  @Test
  void savepointsOfBothJobs(@TempDir Path directory) throws Exception {
    String version = System.getProperty(VERSION, "");
    assertThat(version)
        .as("-D%s: the version that is released", VERSION)
        .matches("\\d+\\.\\d+\\.\\d+");

    try (SavepointCluster cluster = new SavepointCluster(directory)) {
      keep(UpgradeITCase.writeSession(cluster, directory), version, KeptSavepoints.SESSION);
      keep(UpgradeITCase.writeLearning(cluster, directory), version, KeptSavepoints.LEARNING);
    }
  }

  /** Refuses to write over one that is kept. */
  private static void keep(Path savepoint, String version, String job) throws Exception {
    Path folder = Files.createDirectories(KeptSavepoints.of(version, job));
    try (var files = Files.list(savepoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(String.valueOf(file.getFileName())));
      }
    }
  }
}
