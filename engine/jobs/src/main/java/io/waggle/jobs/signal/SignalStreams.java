package io.waggle.jobs.signal;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.jobs.session.SessionNames;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of the session job that finds signals: a gate, and behind it one CEP operator for each
 * signal.
 *
 * @param signals every match
 * @param deadLetters interactions that came too late for the signals
 */
public record SignalStreams(DataStream<Signal> signals, DataStream<DeadLetter> deadLetters) {
  /** Over interactions with event time; null where no surface declares a signal. */
  public static @Nullable SignalStreams of(
      DataStream<Interaction> interactions, Surfaces surfaces) {
    if (surfaces.all().stream().allMatch(each -> each.config().getSignalsCount() == 0)) {
      return null;
    }
    SingleOutputStreamOperator<Interaction> gate =
        interactions
            .transform(
                "interactions by their time",
                ProtoTypeInformation.forMessage(Interaction.class),
                new InteractionTimes(surfaces))
            .uid(SessionNames.SIGNAL_TIMES_UID)
            .setParallelism(interactions.getParallelism())
            .keyBy(each -> each.getSurface() + "/" + each.getUserId(), Types.STRING)
            .process(new SignalGate(surfaces), ProtoTypeInformation.forMessage(Interaction.class))
            .name("signal gate")
            .uid(SessionNames.SIGNAL_GATE_UID);
    DataStream<Signal> all = null;
    for (Surface surface : surfaces.all()) {
      for (SignalConfig signal : surface.config().getSignalsList()) {
        DataStream<Signal> found = find(gate, surface.name(), signal);
        all = all == null ? found : all.union(found);
      }
    }
    return all == null ? null : new SignalStreams(all, gate.getSideOutput(DeadLetters.TAG));
  }

  private static DataStream<Signal> find(
      SingleOutputStreamOperator<Interaction> gate, String surface, SignalConfig signal) {
    return CEP.pattern(
            gate.getSideOutput(SignalGate.tag(surface, signal.getName()))
                .keyBy(Interaction::getUserId, Types.STRING),
            SignalPatterns.compile(signal))
        .process(new SignalMatch(surface, signal), ProtoTypeInformation.forMessage(Signal.class))
        .name("signal " + surface + "/" + signal.getName())
        .uid(uid(surface, signal));
  }

  /** A signal that says something else starts anew: half-open matches are of what it said. */
  private static String uid(String surface, SignalConfig signal) {
    String said = Integer.toHexString(Arrays.hashCode(signal.toByteArray()));
    return SessionNames.SIGNAL_UID + "/" + surface + "/" + signal.getName() + "/" + said;
  }
}
