package io.waggle.jobs.history;

import io.waggle.v1.LearnedExample;
import java.io.Serializable;
import java.util.List;

/** What a surface's learner learned before, in the log's order. */
@FunctionalInterface
public interface PastExamples extends Serializable {
  /**
   * Opens the log of one learner.
   *
   * @param sinceMillis from the first record learned at or after this time, milliseconds since 1970
   *     UTC
   */
  Cursor open(String surface, int shard, long sinceMillis);

  /** A reader of the log. One thread. */
  interface Cursor extends AutoCloseable {
    /**
     * The next records of that learner; waits a moment for them. Bounded in number.
     *
     * @return empty: none came in that moment
     * @throws InterruptedException when the thread was interrupted
     */
    List<LearnedExample> next() throws InterruptedException;

    /** True: everything that was in the log when it was opened has been handed out. */
    boolean atEnd();

    /** True: at the end, and for a while nothing has come that had been on its way. */
    boolean exhausted();

    /** Goes back to where it began. */
    void rewind();

    @Override
    void close();
  }
}
