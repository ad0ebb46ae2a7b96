package io.waggle.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final JobID JOB = EmbeddedFlink.Job.LEARNING.id();

  @TempDir Path directory;

  @Test
  void aJobKeepsItsIdForEver() {
    assertThat(EmbeddedFlink.Job.SESSION.id()).hasToString("939580b9f8d386c5c521b32850ef35be");
    assertThat(JOB).hasToString("bf1d6200d1ac9d874ebfdd338247324a");
  }

  @Test
  void theNewestCompletedCheckpointIsFoundByNumber() throws IOException {
    checkpoint("chk-9", true);
    checkpoint("chk-10", true);
    checkpoint("chk-11", false);
    checkpoint("chk-x", true);
    checkpoint("shared", true);

    assertThat(Checkpoints.newest(directory, JOB))
        .contains(directory.resolve(JOB.toHexString()).resolve("chk-10"));
  }

  @Test
  void aJobThatNeverRanHasNoCheckpoint() throws IOException {
    checkpoint("chk-1", true);

    assertThat(Checkpoints.newest(directory, EmbeddedFlink.Job.SESSION.id())).isEmpty();
  }

  @Test
  void aDirectoryIsOneProcessesAtATime() {
    DirectoryLock lock = DirectoryLock.take(directory);
    assertThatThrownBy(() -> DirectoryLock.take(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another waggle is running");
    lock.close();

    DirectoryLock.take(directory).close();
  }

  private void checkpoint(String name, boolean complete) throws IOException {
    Path folder = directory.resolve(JOB.toHexString()).resolve(name);
    Files.createDirectories(folder);
    if (complete) {
      Files.createFile(folder.resolve("_metadata"));
    }
  }
}
