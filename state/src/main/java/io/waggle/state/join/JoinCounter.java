package io.waggle.state.join;

import io.waggle.v1.JoinCounts;

/**
 * The counts of one surface's join, restored from and saved as {@link JoinCounts}. One thread
 * writes.
 */
public final class JoinCounter {
  /** Counts so far. */
  public JoinCounts counts() {
    return JoinCounts.getDefaultInstance();
  }
}
