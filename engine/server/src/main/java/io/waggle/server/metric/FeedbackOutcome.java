package io.waggle.server.metric;

/** How an interaction, reward or activation ended. */
public enum FeedbackOutcome {
  /** Kafka has it. */
  ACCEPTED,
  /** A field broke its rule, or there is no such surface. */
  REFUSED,
  /** Kafka did not acknowledge it in time, or its buffer was full; the caller was told to retry. */
  UNAVAILABLE
}
