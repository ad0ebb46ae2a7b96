package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Shadow values by policy, over all decisions and by segment. Reads from any thread. */
final class EvaluationView implements ViewListener {
  private static final String ALL_DECISIONS = SegmentedEvaluator.ALL;

  private final KeyValueView view;
  private final WriterFence fence;
  private final ViewMetrics metrics;

  EvaluationView(KeyValueView view, WriterFence fence, ViewMetrics metrics) {
    this.view = view;
    this.fence = fence;
    this.metrics = metrics;
  }

  @Nullable PolicyEvaluation find(String surface, String policy) {
    byte[] bytes = view.get(Topics.evaluationKey(surface, policy, ALL_DECISIONS).getBytes(UTF_8));
    return bytes == null ? null : read(bytes);
  }

  /** Of each segment but all decisions, in the order of their names. */
  List<PolicyEvaluation> segments(String surface, String policy) {
    List<PolicyEvaluation> segments = new ArrayList<>();
    view.forEach(
        Topics.evaluationKey(surface, policy, "").getBytes(UTF_8),
        (key, bytes) -> {
          PolicyEvaluation evaluation = read(bytes);
          if (evaluation != null && !evaluation.getSegment().equals(ALL_DECISIONS)) {
            segments.add(evaluation);
          }
        });
    return segments;
  }

  private @Nullable PolicyEvaluation read(byte[] bytes) {
    try {
      return PolicyEvaluation.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable();
      return null;
    }
  }

  /** Not those of a job that is no longer in charge: they would take the place of newer ones. */
  @Override
  public boolean admits(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return true;
    }
    PolicyEvaluation evaluation = read(record.value());
    return evaluation == null || fence.admits(evaluation.getWriterEpoch(), evaluation.getWriter());
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {}

  @Override
  public void reset() {}
}
