package io.waggle.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobStartTest {
  private static final ClusterJob JOB = ClusterJob.SESSION;

  @TempDir Path data;
  private ClusterDirectory directory;
  private JobStart start;

  @BeforeEach
  void create() {
    directory = ClusterDirectory.of(data);
    directory.create();
    start = new JobStart(directory, JOB);
  }

  @Test
  void jobStartsFromItsNewestCheckpointOrNothing() throws Exception {
    assertThat(start.from()).isEmpty();

    Path checkpoint = checkpoint(7, 1_000);

    assertThat(start.from()).contains(checkpoint);
  }

  @Test
  void jobThatWasStoppedStartsFromItsSavepointUntilItHasCheckpointedAgain() throws Exception {
    checkpoint(7, 1_000);
    Path savepoint = savepoint("first", "savepoint-1");
    start.stoppedWith(savepoint);
    assertThat(start.from()).contains(savepoint);

    Path checkpoint = checkpoint(8, System.currentTimeMillis() + 60_000);

    assertThat(start.from()).contains(checkpoint);
  }

  @Test
  void goingBackMovesWhatWasCheckpointedSinceAside() throws Exception {
    Path savepoint = savepoint("first", "savepoint-1");
    checkpoint(8, System.currentTimeMillis() + 60_000);

    start.goBackTo(directory.savepoints().resolve("first"));

    assertThat(start.from()).contains(savepoint);
    assertThat(directory.checkpoints()).isDirectoryContaining("glob:**-*");
    Path again = checkpoint(2, System.currentTimeMillis() + 60_000);
    assertThat(start.from()).contains(again);
  }

  @Test
  void folderWithoutASavepointIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start.goBackTo(data.resolve("nothing")))
        .withMessageStartingWith("--from: " + data.resolve("nothing"))
        .withMessageEndingWith("with one savepoint in session)");
  }

  private Path savepoint(String folder, String name) throws Exception {
    Path savepoint = directory.savepoints().resolve(folder).resolve(JOB.label()).resolve(name);
    Files.createFile(Files.createDirectories(savepoint).resolve("_metadata"));
    return savepoint;
  }

  private Path checkpoint(int number, long writtenMillis) throws Exception {
    Path checkpoint =
        directory.checkpoints().resolve(JOB.id().toHexString()).resolve("chk-" + number);
    Path metadata = Files.createFile(Files.createDirectories(checkpoint).resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(writtenMillis));
    return checkpoint;
  }
}
