package io.waggle.jobs.session;

/**
 * Names of the session job's operators and states. A checkpoint is read by them: none is ever
 * changed or used again for something else.
 */
public final class SessionNames {
  /** Prefix of the uids of the job's sources and decoders. */
  public static final String JOB_UID = "session";

  public static final String FOLD_UID = "session-fold";
  public static final String RANK_UID = "session-rank";
  public static final String ITEM_STATISTICS_UID = "session-item-statistics";
  public static final String CATALOGUE_ITEMS_UID = "session-catalogue-items";
  public static final String CATALOGUE_STATISTICS_UID = "session-catalogue-statistics";
  public static final String ITEM_STATISTICS_SINK_UID = "session-sink-item-statistics";
  public static final String SESSIONS_SINK_UID = "session-sink-sessions";
  public static final String RANKINGS_SINK_UID = "session-sink-rankings";
  public static final String DECISIONS_SINK_UID = "session-sink-decisions";
  public static final String DEAD_LETTERS_SINK_UID = "session-sink-dead-letters";

  /** Before {@code rank-requests} or {@code signals}. */
  public static final String EVENT_UID = "session-event";

  public static final String SIGNALS_SINK_UID = "session-sink-signals";
  public static final String SIGNAL_TIMES_UID = "session-signal-times";
  public static final String SIGNAL_GATE_UID = "session-signal-gate";

  /** Before the surface, the signal's name and a hash of its declaration. */
  public static final String SIGNAL_UID = "session-signal";

  public static final String SIGNAL_BUDGETS_STATE = "signal-budgets";
  public static final String SIGNAL_COUNTS_STATE = "signal-counts";

  static final String SESSION_STATE = "session";
  static final String FOLD_COUNTS_STATE = "fold-counts";
  static final String STATE_BYTES_STATE = "state-bytes";
  static final String RANK_COUNTS_STATE = "rank-counts";
  static final String MODEL_PARTS_STATE = "model-parts";
  static final String CONTROL_STATE = "control";
  static final String ITEM_STATISTICS_STATE = "item-statistics";
  static final String ITEM_COUNTS_STATE = "item-counts";
  static final String CATALOGUE_ITEMS_STATE = "catalogue-items";
  static final String CATALOGUE_STATISTICS_STATE = "catalogue-statistics";
  static final String PUSHED_ORDERS_STATE = "pushed-orders";

  private SessionNames() {}
}
