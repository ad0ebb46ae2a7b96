package io.waggle.jobs.join;

/**
 * Every operator uid and state name of the learning job. INVARIANT: never reused and never changed:
 * a savepoint finds its state by them. A new meaning gets a new name.
 */
public final class LearningNames {
  /** Prefix of the uids of the sources and decoders. */
  public static final String SOURCES = "learning";

  /**
   * Keyed by surface and decision id; states {@link #PENDING}, {@link #SHARED_ACTIONS}, {@link
   * #JOIN_COUNTS} and {@link #EVENT_CLOCK}.
   */
  public static final String JOIN = "learning-join";

  /** Without state. */
  public static final String REWARDABLE = "learning-rewardable";

  /** Before {@code interactions} or {@code signals}; without state. */
  public static final String CAUSES = "learning-cause";

  /**
   * Keyed by surface and user; states {@link #RECENT_DECISIONS}, {@link #DERIVATION_COUNTS} and
   * {@link #EVENT_CLOCK}.
   */
  public static final String DERIVE = "learning-derive";

  /**
   * Keyed by surface; states {@link #POLICIES}, {@link #LEARN_COUNTS}, {@link #SHOWN} and,
   * broadcast, {@link #CONTROL}.
   */
  public static final String LEARN = "learning-learn";

  public static final String PACK = "learning-pack";
  public static final String WRITE_MODELS = "learning-write-models";
  public static final String WRITE_EVALUATIONS = "learning-write-evaluations";
  public static final String WRITE_EXAMPLES = "learning-write-examples";
  public static final String WRITE_DEAD_LETTERS = "learning-write-dead-letters";
  public static final String WRITE_VERSIONS = "learning-write-versions";
  public static final String WRITE_CLAIMS = "learning-write-claims";

  /** Loads what rollbacks name; its state is the records that it is at. */
  public static final String LOAD_ROLLBACKS = "learning-load-rollbacks";

  /** One subtask; state {@link #REGISTERED}. */
  public static final String REGISTER = "learning-register";

  /** List state of the registry's writer: the names of the versions that were said to be kept. */
  public static final String REGISTERED = "registered";

  /**
   * Value state of the join, {@code PendingDecision}: a decision with its features for one window
   * (its actions by reference, see {@link #SHARED_ACTIONS}), its ids (about 100 B and 40 B a
   * reward) for one more; cleared by its timer.
   */
  public static final String PENDING = "pending";

  /**
   * Union list state of the join, {@code SharedActions}, one a subtask: the actions that waiting
   * decisions have, each once; at most 20,000 and 8 MiB a subtask.
   */
  public static final String SHARED_ACTIONS = "shared-actions";

  /** List state of the join, {@code JoinCounts}, one a surface; added up on restore. */
  public static final String JOIN_COUNTS = "join-counts";

  /**
   * Value state of the derivation, {@code RecentDecisions}: at most 64 decisions of about 60 B and
   * 128 interactions of about 50 B; each leaves a window after its time by a timer.
   */
  public static final String RECENT_DECISIONS = "recent-decisions";

  /** List state of the derivation, {@code DerivationCounts}, one a surface; added up on restore. */
  public static final String DERIVATION_COUNTS = "derivation-counts";

  /** Union list state of join and derivation, {@code EventClock}: how far event time had come. */
  public static final String EVENT_CLOCK = "event-clock";

  /** Union list state of the learner, {@code PolicyState}, one a policy: its whole model. */
  public static final String POLICIES = "policies";

  /** Union list state of the learner, {@code LearnCounts}, one a surface. */
  public static final String LEARN_COUNTS = "learn-counts";

  /**
   * Map state of the learner by decision id, {@code ShownDecision}: what policies predicted of a
   * decision until it closes (about 30 B a policy); only where a surface learns at the first
   * reward.
   */
  public static final String SHOWN = "shown";

  /**
   * Broadcast state of the learner, {@code Control}, at most two a surface; also the largest epoch
   * put in charge, the job's origin, and one claim an epoch.
   */
  public static final String CONTROL = "control";

  /** Keyed by surface and policy; state {@link #MERGE_STATE}. */
  public static final String MERGE = "learning-merge";

  /**
   * Value state of the merge, {@code MergeState}, one a policy with several learners: the merged
   * model and a model for each contribution to the next round; stays while the policy does.
   */
  public static final String MERGE_STATE = "merge";

  /** Whole merged models on their way back to the learners; keeps nothing. */
  public static final String MERGED = "learning-merged";

  /** Keyed by surface, policy and segment; state {@link #SHARD_EVALUATIONS}. */
  public static final String SUM_EVALUATIONS = "learning-sum-evaluations";

  /**
   * Value state of the sum of evaluations, {@code ShardEvaluations}, about 300 B a learner of a
   * policy and segment; cleared when the policy leaves.
   */
  public static final String SHARD_EVALUATIONS = "shard-evaluations";

  /** The complete decisions among what is joined; keeps nothing. */
  public static final String LOG_ROWS = "learning-log-rows";

  /**
   * Keyed by partition of the decision log and learner; states {@link #HELD_ROWS}, {@link #HELD}
   * and {@link #LOG_COUNTS}.
   */
  public static final String LOG_HOLD = "learning-log-hold";

  /** Flink's file sink: the files that wait for their checkpoint. */
  public static final String WRITE_LOG = "learning-write-log";

  /**
   * Map state of the decision log by number, {@code JoinedDecision}: rows until their file is due,
   * at most about {@code decisionLog.rollBytes} a key; a processing-time timer takes them out.
   */
  public static final String HELD_ROWS = "held-rows";

  /** Value state of the decision log, {@code HeldRows}, about 20 B; there while rows are. */
  public static final String HELD = "held";

  /**
   * List state of the decision log, {@code DecisionLogCounts}, one a surface; added up on restore.
   */
  public static final String LOG_COUNTS = "log-counts";

  private LearningNames() {}
}
