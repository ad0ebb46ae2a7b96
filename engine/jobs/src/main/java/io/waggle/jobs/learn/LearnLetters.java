package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.RejectReason;

/** The learner's dead letters; partition and offset are -1, they are not known behind the join. */
final class LearnLetters {
  private LearnLetters() {}

  /** A decision that not every policy could use. */
  static DeadLetter decision(
      JoinedDecision joined, RejectReason reason, String detail, long nowMillis) {
    return DeadLetter.newBuilder()
        .setTopic(Topics.DECISIONS)
        .setPartition(-1)
        .setOffset(-1)
        .setKey(ByteString.copyFromUtf8(joined.getDecision().getDecisionId()))
        .setValue(PackedFeatures.decision(joined).toByteString())
        .setReason(reason)
        .setDetail(DeadLetters.shortened(detail))
        .setRejectedMillis(nowMillis)
        .build();
  }

  /** A control record that is refused, as it was in its topic. */
  static DeadLetter control(Control loaded, Exception cause, long nowMillis) {
    Control control = loaded;
    String key = Topics.surfaceControlKey(loaded.getSurface().getName());
    if (loaded.hasRollback()) {
      ModelRollback rollback = loaded.getRollback();
      key = Topics.rollbackControlKey(rollback.getSurface(), rollback.getPolicy());
      control =
          loaded.toBuilder()
              .setRollback(rollback.toBuilder().clearModel().clearLineage().clearProblem())
              .build();
    }
    return DeadLetter.newBuilder()
        .setTopic(Topics.CONTROL)
        .setPartition(-1)
        .setOffset(-1)
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(control.toByteString())
        .setReason(RejectReason.REJECT_REASON_INVALID)
        .setDetail(DeadLetters.shortened(String.valueOf(cause.getMessage())))
        .setRejectedMillis(nowMillis)
        .build();
  }
}
