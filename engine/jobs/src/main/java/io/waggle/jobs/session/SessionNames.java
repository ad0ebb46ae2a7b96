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

  private SessionNames() {}
}
