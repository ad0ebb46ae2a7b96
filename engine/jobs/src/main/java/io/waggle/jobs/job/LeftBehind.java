package io.waggle.jobs.job;

import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.session.SessionNames;
import io.waggle.state.topic.Topics;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.filesystem.FsCompletedCheckpointStorageLocation;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a job may start from a checkpoint that has state of operators which the job does
 * not have. Only operators that a declaration or a setting brings may go, as what they keep is of
 * no use without it: half-open matches of a signal that was changed or taken out, recent decisions
 * where no reward is derived any more, rounds of learners that no longer share a surface, rows of a
 * decision log that is no longer written, names of a registry that is no longer kept. Any other
 * operator that is missing has lost its uid, and Flink refuses the restore by name.
 */
public final class LeftBehind {
  private static final Logger LOGGER = LoggerFactory.getLogger(LeftBehind.class);

  /** Flink's name for the second half of a sink; the rest is the sink's own uid. */
  private static final String COMMITTER = "Sink Committer: ";

  /** What the uids of those operators begin with. */
  private static final List<String> DECLARED =
      List.of(
          SessionNames.SIGNAL_UID,
          SessionNames.SIGNALS_SINK_UID,
          LearningNames.DERIVE,
          LearningNames.SOURCES + "-read-" + Topics.INTERACTIONS,
          LearningNames.SOURCES + "-read-" + Topics.SIGNALS,
          LearningNames.MERGE,
          LearningNames.SUM_EVALUATIONS,
          LearningNames.SOURCES + "-read-" + Topics.MODELS,
          LearningNames.LOG_HOLD,
          LearningNames.WRITE_LOG,
          LearningNames.REGISTER,
          LearningNames.WRITE_VERSIONS);

  private LeftBehind() {}

  /**
   * Lets the job start from a checkpoint or savepoint.
   *
   * @param path of its folder or metadata file
   * @throws IOException when the checkpoint cannot be read
   */
  public static void restore(StreamGraph graph, String path, RecoveryClaimMode mode)
      throws IOException {
    List<String> left = uids(graph, path);
    boolean allMayGo = left.stream().allMatch(LeftBehind::mayGo);
    if (!left.isEmpty()) {
      LOGGER.warn("State without an operator in {}: {}", path, left);
    }
    graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path, allMayGo, mode));
  }

  /**
   * The same for a job whose configuration says what it starts from. A checkpoint that cannot be
   * read here, but may be where the job runs, is left to Flink.
   */
  static void restoreAsConfigured(StreamGraph graph) {
    SavepointRestoreSettings settings = graph.getSavepointRestoreSettings();
    if (!settings.restoreSavepoint() || settings.allowNonRestoredState()) {
      return;
    }
    try {
      restore(graph, settings.getRestorePath(), settings.getRecoveryClaimMode());
    } catch (IOException e) {
      LOGGER.warn("Cannot look into {}", settings.getRestorePath(), e);
    }
  }

  /** Of the operators that have state in the checkpoint and are not in the job. */
  static List<String> uids(StreamGraph graph, String path) throws IOException {
    Set<String> kept =
        graph.getStreamNodes().stream()
            .map(StreamNode::getTransformationUID)
            .collect(Collectors.toSet());
    return metadata(path).getOperatorStates().stream()
        .filter(LeftBehind::hasState)
        .map(state -> state.getOperatorUid().orElse("without a uid"))
        .filter(uid -> !kept.contains(uid))
        .sorted()
        .toList();
  }

  private static boolean hasState(OperatorState state) {
    return state.hasSubtaskStates() || state.getCoordinatorState() != null;
  }

  /** Whether it is the uid of an operator that a declaration or a setting brings. */
  static boolean mayGo(String uid) {
    String own = uid.startsWith(COMMITTER) ? uid.substring(COMMITTER.length()) : uid;
    return DECLARED.stream().anyMatch(own::startsWith);
  }

  static CheckpointMetadata metadata(String path) throws IOException {
    FsCompletedCheckpointStorageLocation location =
        AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(path);
    try (DataInputStream bytes =
        new DataInputStream(location.getMetadataHandle().openInputStream())) {
      return Checkpoints.loadCheckpointMetadata(
          bytes, LeftBehind.class.getClassLoader(), location.getExternalPointer());
    }
  }
}
