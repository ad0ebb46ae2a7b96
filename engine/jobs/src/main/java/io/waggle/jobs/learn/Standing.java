package io.waggle.jobs.learn;

/** What a learning job of an epoch may do while a certain epoch is in charge. */
enum Standing {
  /** A later job is in charge: it publishes nothing any more. */
  FENCED(0),
  /** It was not put in charge yet: it learns and publishes nothing. */
  STANDBY(1),
  /** It is the one that publishes. */
  ACTIVE(2);

  private final int figure;

  Standing(int figure) {
    this.figure = figure;
  }

  /** As a gauge says it. */
  int figure() {
    return figure;
  }

  static Standing of(long ownEpoch, long activeEpoch) {
    if (ownEpoch == activeEpoch) {
      return ACTIVE;
    }
    return ownEpoch < activeEpoch ? FENCED : STANDBY;
  }
}
