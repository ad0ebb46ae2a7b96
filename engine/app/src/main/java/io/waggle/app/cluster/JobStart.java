package io.waggle.app.cluster;

import io.waggle.app.embedded.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a job starts from: its newest checkpoint, or the savepoint that was named since. While it
 * is not running one thread names it; the keeper's thread asks.
 */
final class JobStart {
  private final ClusterDirectory directory;
  private final ClusterJob job;

  JobStart(ClusterDirectory directory, ClusterJob job) {
    this.directory = directory;
    this.job = job;
  }

  /** A checkpoint made after a savepoint was named, else that savepoint; empty: nothing. */
  Optional<Path> from() {
    Optional<Path> checkpoint = Checkpoints.newest(directory.checkpoints(), job.id());
    Path named = directory.from(job.label());
    try {
      if (!Files.exists(named)) {
        return checkpoint;
      }
      if (checkpoint.isPresent()
          && written(metadata(checkpoint.get())).compareTo(written(named)) > 0) {
        return checkpoint;
      }
      return Optional.of(Path.of(Files.readString(named).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot see what the " + job.label() + " job starts from", e);
    }
  }

  /** The job was stopped with that savepoint: it starts from there. */
  void stoppedWith(Path savepoint) {
    try {
      Files.writeString(directory.from(job.label()), savepoint + System.lineSeparator());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot note savepoint " + savepoint, e);
    }
  }

  /**
   * The job goes back to the savepoint that a folder has of it. What it checkpointed since is moved
   * aside: numbers of checkpoints begin again with those of the savepoint.
   *
   * @throws IllegalArgumentException when the folder has none
   */
  void goBackTo(Path folder) {
    Path savepoint = savepointIn(folder);
    Path checkpoints = directory.checkpoints().resolve(job.id().toHexString());
    try {
      if (Files.exists(checkpoints)) {
        Files.move(
            checkpoints,
            checkpoints.resolveSibling(
                checkpoints.getFileName() + "-" + System.currentTimeMillis()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot move " + checkpoints + " aside", e);
    }
    stoppedWith(savepoint);
  }

  /**
   * The job's savepoint in a folder of {@code down --savepoint}.
   *
   * @throws IllegalArgumentException when there is none
   */
  Path savepointIn(Path folder) {
    Path ofJob = folder.toAbsolutePath().normalize().resolve(job.label());
    if (Files.isDirectory(ofJob)) {
      try (Stream<Path> found = Files.list(ofJob)) {
        List<Path> whole = found.filter(each -> Files.exists(metadata(each))).toList();
        if (whole.size() == 1) {
          return whole.get(0);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot look into " + ofJob, e);
      }
    }
    throw new IllegalArgumentException(
        "--from: %s (expected: a folder of waggle cluster down --savepoint, with one savepoint in %s)"
            .formatted(folder, job.label()));
  }

  private static Path metadata(Path checkpoint) {
    return checkpoint.resolve("_metadata");
  }

  private static FileTime written(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }
}
