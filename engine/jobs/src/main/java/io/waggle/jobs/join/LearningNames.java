package io.waggle.jobs.join;

/**
 * Every operator uid and state name of the learning job. INVARIANT: never reused and never changed:
 * a savepoint finds its state by them. A new meaning gets a new name.
 */
public final class LearningNames {
  /** Prefix of the uids of the sources and decoders. */
  public static final String SOURCES = "learning";

  /** Keyed by surface and decision id; states {@link #PENDING} and {@link #JOIN_COUNTS}. */
  public static final String JOIN = "learning-join";

  /**
   * Keyed by surface; states {@link #POLICIES}, {@link #LEARN_COUNTS}, {@link #SHOWN} and,
   * broadcast, {@link #CONTROL}.
   */
  public static final String LEARN = "learning-learn";

  public static final String WRITE_MODELS = "learning-write-models";
  public static final String WRITE_EVALUATIONS = "learning-write-evaluations";
  public static final String WRITE_EXAMPLES = "learning-write-examples";
  public static final String WRITE_DEAD_LETTERS = "learning-write-dead-letters";

  /**
   * Value state of the join, {@code PendingDecision}: a decision with its features (kilobytes) for
   * one window, its ids (about 100 B and 40 B a reward) for one more; cleared by its timer.
   */
  public static final String PENDING = "pending";

  /** List state of the join, {@code JoinCounts}, one a surface; added up on restore. */
  public static final String JOIN_COUNTS = "join-counts";

  /** Union list state of the learner, {@code PolicyState}, one a policy: its whole model. */
  public static final String POLICIES = "policies";

  /** Union list state of the learner, {@code LearnCounts}, one a surface. */
  public static final String LEARN_COUNTS = "learn-counts";

  /**
   * Map state of the learner by decision id, {@code ShownDecision}: what policies predicted of a
   * decision until it closes (about 30 B a policy); only where a surface learns at the first reward.
   */
  public static final String SHOWN = "shown";

  /** Broadcast state of the learner, {@code Control}, at most two a surface. */
  public static final String CONTROL = "control";

  private LearningNames() {}
}
