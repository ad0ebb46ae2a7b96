package io.waggle.jobs.control;

import io.waggle.state.model.ModelVersions;
import io.waggle.v1.WriterRun;
import java.io.Serializable;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A learning job as it was started this time; the same in all its subtasks, and through restarts by
 * Flink.
 *
 * @param epoch the job's, leads every version
 * @param startedMillis when it was defined, milliseconds since 1970 UTC
 * @param id drawn then, not 0: two jobs started in one millisecond have different ones
 */
public record Writer(long epoch, long startedMillis, long id) implements Serializable {
  private static final long serialVersionUID = 1L;

  public Writer {
    var unused = ModelVersions.checkedEpoch("epoch", epoch);
  }

  /** One that starts now. */
  public static Writer starting(long epoch) {
    return new Writer(
        epoch, System.currentTimeMillis(), ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
  }

  /** What it says of itself. */
  WriterRun run() {
    return WriterRun.newBuilder().setStartedMillis(startedMillis).setId(id).build();
  }
}
