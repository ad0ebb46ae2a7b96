package io.waggle.app.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Stops the jobs with a savepoint each, from which the next start goes on. One thread. */
final class SavepointStop {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long CHECK_MILLIS = 100;

  private final ClusterDirectory directory;
  private final FlinkRest flink;

  SavepointStop(ClusterDirectory directory, FlinkRest flink) {
    this.directory = directory;
    this.flink = flink;
  }

  /**
   * Returns when both jobs have ended. A job that was stopped starts from its savepoint next time,
   * also when the other one could not be.
   *
   * @param progress told each savepoint
   * @return the folder that has both
   * @throws IllegalStateException when a job cannot be stopped so within two minutes; nothing of it
   *     is lost, it goes on from its newest checkpoint
   */
  Path stop(Consumer<String> progress) throws InterruptedException {
    Path folder = directory.savepoints().resolve(Long.toString(System.currentTimeMillis()));
    for (ClusterJob job : ClusterJob.values()) {
      Path savepoint = stop(job, folder.resolve(job.label()));
      new JobStart(directory, job).stoppedWith(savepoint);
      progress.accept("the " + job.label() + " job is stopped with " + savepoint);
    }
    return folder;
  }

  private Path stop(ClusterJob job, Path into) throws InterruptedException {
    String request =
        flink
            .stop(job, into.toUri())
            .orElseThrow(() -> failed(job, "the job manager does not take the request"));
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadlineNanos) {
      Optional<FlinkRest.Savepoint> savepoint =
          flink.savepoint(job, request).filter(FlinkRest.Savepoint::done);
      if (savepoint.isPresent()) {
        String location = savepoint.get().location();
        if (location.isEmpty()) {
          throw failed(job, savepoint.get().failure());
        }
        return Path.of(URI.create(location));
      }
      Thread.sleep(CHECK_MILLIS);
    }
    throw failed(job, "no savepoint within " + PATIENCE.toSeconds() + " s");
  }

  private static IllegalStateException failed(ClusterJob job, String why) {
    return new IllegalStateException(
        "the %s job is not stopped: %s (expected: a job that runs; see waggle cluster status and"
                .formatted(job.label(), why)
            + " waggle cluster logs jobmanager)");
  }
}
