package io.waggle.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.api.common.JobID;

/** Finds what an earlier process left under a checkpoint directory. */
public final class Checkpoints {
  private static final String PREFIX = "chk-";

  private Checkpoints() {}

  /**
   * The newest completed checkpoint of a job. Flink writes {@code _metadata} last and in one step,
   * so a checkpoint that has it is whole, whatever was killed.
   */
  public static Optional<Path> newest(Path directory, JobID job) {
    Path ofJob = directory.resolve(job.toHexString());
    if (!Files.isDirectory(ofJob)) {
      return Optional.empty();
    }
    Path newest = null;
    long newestNumber = -1;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(ofJob, PREFIX + "*")) {
      for (Path checkpoint : found) {
        long number = number(checkpoint);
        if (number > newestNumber && Files.exists(checkpoint.resolve("_metadata"))) {
          newest = checkpoint;
          newestNumber = number;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for checkpoints in " + ofJob, e);
    }
    return Optional.ofNullable(newest);
  }

  /** The checkpoint's number; -1 for a folder that only looks like one. */
  private static long number(Path checkpoint) {
    Path name = checkpoint.getFileName();
    String digits = name == null ? "" : name.toString().substring(PREFIX.length());
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
  }
}
