package io.waggle.jobs.control;

import io.waggle.v1.WriterStanding;

/** What a learning job may do while a certain epoch is in charge. */
public enum Standing {
  /** A later job is in charge: it publishes nothing any more. */
  FENCED(0, WriterStanding.WRITER_STANDING_FENCED),
  /** It was not put in charge yet: it learns and publishes nothing that is served. */
  STANDBY(1, WriterStanding.WRITER_STANDING_STANDBY),
  /** It is the one that publishes. */
  ACTIVE(2, WriterStanding.WRITER_STANDING_UNSPECIFIED),
  /** Another job holds its epoch: it publishes nothing any more. */
  DISPLACED(3, WriterStanding.WRITER_STANDING_FENCED);

  private final int figure;
  private final WriterStanding said;

  Standing(int figure, WriterStanding said) {
    this.figure = figure;
    this.said = said;
  }

  /** As a gauge says it. */
  public int figure() {
    return figure;
  }

  /** As the merge is told. */
  public WriterStanding said() {
    return said;
  }

  /** True: what it learns may still be of use; false: nobody takes anything of it any more. */
  public boolean counts() {
    return this == STANDBY || this == ACTIVE;
  }

  static Standing of(long ownEpoch, long activeEpoch) {
    if (ownEpoch == activeEpoch) {
      return ACTIVE;
    }
    return ownEpoch < activeEpoch ? FENCED : STANDBY;
  }
}
