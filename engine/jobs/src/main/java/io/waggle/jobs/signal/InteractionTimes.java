package io.waggle.jobs.signal;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Interaction;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Hands on the interactions of surfaces that declare signals, each at the time that it says it
 * happened, as sessions have it: an app that sends later than its users act stamps its records
 * later. Watermarks stay those of the records, so what was sent too late is late.
 */
final class InteractionTimes extends AbstractStreamOperator<Interaction>
    implements OneInputStreamOperator<Interaction, Interaction> {
  private static final long serialVersionUID = 1L;

  private final Set<String> declaring;

  InteractionTimes(Surfaces surfaces) {
    declaring =
        surfaces.all().stream()
            .filter(each -> each.config().getSignalsCount() > 0)
            .map(Surface::name)
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void processElement(StreamRecord<Interaction> record) {
    Interaction interaction = record.getValue();
    if (declaring.contains(interaction.getSurface())) {
      // A record of its own: others in the chain read the same one.
      output.collect(new StreamRecord<>(interaction, interaction.getEventTimeMillis()));
    }
  }

  /** A job that is drained ends event time; nobody has failed to order for that. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() != Long.MAX_VALUE) {
      super.processWatermark(mark);
    }
  }
}
