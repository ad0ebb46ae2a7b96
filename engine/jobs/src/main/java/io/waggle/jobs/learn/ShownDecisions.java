package io.waggle.jobs.learn;

import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.ShownDecision;
import java.util.Iterator;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the decisions of the current key's surface between their stages, by decision id.
 * It leaves when the decision closes; what never closes leaves two to three windows after it was
 * shown, by a timer that the decisions of one window share. One thread.
 */
final class ShownDecisions {
  private final MapState<String, ShownDecision> shown;

  ShownDecisions(RuntimeContext context, String name) {
    shown =
        context.getMapState(
            new MapStateDescriptor<>(
                name, Types.STRING, ProtoTypeInformation.forMessage(ShownDecision.class)));
  }

  /** What is kept; null: nothing. */
  @Nullable ShownDecision of(String decisionId) throws Exception {
    return shown.get(decisionId);
  }

  /** Keeps, instead of what was kept before. */
  void keep(String decisionId, ShownDecision decision, TimerService timers) throws Exception {
    shown.put(decisionId, decision);
    timers.registerEventTimeTimer(decision.getDropMillis());
  }

  /** It closed. */
  void drop(String decisionId) throws Exception {
    shown.remove(decisionId);
  }

  /** Event time reached this: drops what never closed. */
  void sweep(long reachedMillis) throws Exception {
    Iterator<ShownDecision> each = shown.values().iterator();
    while (each.hasNext()) {
      if (each.next().getDropMillis() <= reachedMillis) {
        each.remove();
      }
    }
  }
}
