package io.waggle.server.metric;

/** How a ranking request ended. */
public enum RankOutcome {
  /** Ranked. */
  OK,
  /** A field broke its rule. */
  INVALID,
  /** No such surface. */
  UNKNOWN_SURFACE,
  /** A bug. */
  ERROR
}
