package io.waggle.jobs.learn;

import io.waggle.state.model.ModelVersions;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;

/**
 * Numbers the examples of one surface for topic {@code examples}. The sequence goes on where the
 * checkpoint stood; each start of the operator that takes an example is an epoch of its own, larger
 * than any before: the clock behind the job's own epoch ({@link ModelVersions}), and at least one
 * more than the checkpoint's. Two attempts from the same checkpoint differ by the clock, so readers
 * know whose records stand ({@code io.waggle.state.examples.ExampleHistory}). One thread.
 */
final class ExampleLog {
  private final String surface;
  private final int shard;
  private final long writerEpoch;
  private final long savedEpoch;
  private final long savedSequence;
  private long epoch;
  private long sequence;

  /**
   * Goes on from what was saved.
   *
   * @param writerEpoch the job's
   */
  ExampleLog(String surface, long writerEpoch, LearnCounts saved) {
    this.surface = surface;
    this.writerEpoch = writerEpoch;
    this.shard = saved.getShard();
    this.savedEpoch = saved.getEpoch();
    this.savedSequence = saved.getSequence();
    this.sequence = savedSequence;
  }

  /** The next example. */
  LearnedExample next(JoinedDecision joined, long nowMillis) {
    sequence++;
    return LearnedExample.newBuilder()
        .setSurface(surface)
        .setShard(shard)
        .setEpoch(epoch(nowMillis))
        .setSequence(sequence)
        .setJoined(joined)
        .setLearnedMillis(nowMillis)
        .build();
  }

  /** This start's epoch; it begins with the first question. */
  long epoch(long nowMillis) {
    if (epoch == 0) {
      epoch = ModelVersions.next(writerEpoch, savedEpoch, nowMillis);
    }
    return epoch;
  }

  /** The first number of this start. */
  long firstSequence() {
    return savedSequence + 1;
  }

  /** The newest number given. */
  long sequence() {
    return sequence;
  }

  /** For a checkpoint. */
  void save(LearnCounts.Builder counts) {
    counts.setShard(shard).setSequence(sequence).setEpoch(epoch == 0 ? savedEpoch : epoch);
  }
}
