package io.waggle.server.log;

import com.google.protobuf.ByteString;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RejectReason;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves a record of each model version that cannot be served: a dead letter with its first bytes.
 * Where it stood in the topic is not known here. Returns at once; a letter that does not fit in the
 * buffer or that Kafka does not take is counted and logged. Any thread.
 */
public final class RefusedModels {
  /** Most bytes of a model in a letter. */
  static final int VALUE_BYTES = 1 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(RefusedModels.class);
  private static final int UNKNOWN_POSITION = -1;

  private final TopicWriter writer;
  private final ServerMetrics metrics;
  private final InstantSource clock;

  public RefusedModels(TopicWriter writer, ServerMetrics metrics, InstantSource clock) {
    this.writer = writer;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A whole version does not load or gives no finite scores. */
  public void refused(ServableModel model, String reason) {
    record(
        Topics.modelKey(model.surface(), model.policy(), ModelVersions.epoch(model.version()), 0),
        model.bytes(),
        "version " + model.version() + ": " + reason);
  }

  /** A part is broken, or makes a version whose parts or checksum do not fit. */
  public void damaged(ModelSnapshot part) {
    metrics.modelDamaged();
    record(
        Topics.modelKey(
            part.getSurface(),
            part.getPolicy(),
            ModelVersions.epoch(part.getVersion()),
            part.getPart()),
        part.getData(),
        "version "
            + part.getVersion()
            + ": its parts do not fit together, or not their size or checksum");
  }

  private void record(String key, ByteString bytes, String detail) {
    long now = clock.millis();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTopic(Topics.MODELS)
            .setPartition(UNKNOWN_POSITION)
            .setOffset(UNKNOWN_POSITION)
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(bytes.substring(0, Math.min(VALUE_BYTES, bytes.size())))
            .setReason(RejectReason.REJECT_REASON_MODEL)
            .setDetail(detail)
            .setRejectedMillis(now)
            .build();
    CompletableFuture<Void> written =
        writer.offer(List.of(new Outgoing(Topics.DEAD_LETTERS, key, now, letter)));
    if (written == null) {
      lost(detail);
      return;
    }
    var unused =
        written.whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                lost(detail);
              }
            });
  }

  private void lost(String detail) {
    metrics.deadLetterLost();
    LOG.warn("No dead letter could be written of a model: {}", detail);
  }
}
