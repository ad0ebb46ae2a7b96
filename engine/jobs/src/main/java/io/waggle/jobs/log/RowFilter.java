package io.waggle.jobs.log;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * The rows of the decision log among what is joined: each decision once, when its window has
 * closed, with its final reward. Of a decision that came in stages that is the last one. Packed, so
 * that nobody on the way to the file builds its features.
 */
public final class RowFilter implements FlatMapFunction<JoinedDecision, JoinedDecision> {
  private static final long serialVersionUID = 1L;

  @Override
  public void flatMap(JoinedDecision joined, Collector<JoinedDecision> out) {
    switch (joined.getStage()) {
      case JOIN_STAGE_UNSPECIFIED -> out.collect(PackedFeatures.pack(joined));
      case JOIN_STAGE_CLOSED ->
          out.collect(
              PackedFeatures.pack(
                  joined.toBuilder().setStage(JoinStage.JOIN_STAGE_UNSPECIFIED).build()));
      default -> {
        // The window is open: its reward is not final.
      }
    }
  }
}
