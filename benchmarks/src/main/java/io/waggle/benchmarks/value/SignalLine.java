package io.waggle.benchmarks.value;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.signal.SignalStreams;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/**
 * The session job's CEP operator of a surface's one signal in Flink's harness: the job's own,
 * without the gate before it and without topics. State is on the heap. One thread.
 */
final class SignalLine implements AutoCloseable {
  private final KeyedOneInputStreamOperatorTestHarness<String, Interaction, Signal> operator;

  private SignalLine(OneInputTransformation<Interaction, Signal> signal) throws Exception {
    KeySelector<Interaction, String> user = Interaction::getUserId;
    operator =
        new KeyedOneInputStreamOperatorTestHarness<>(
            signal.getOperatorFactory(), user, Types.STRING);
    operator.setup(
        ProtoTypeInformation.forMessage(Signal.class).createSerializer(new SerializerConfigImpl()));
    operator.open();
  }

  /**
   * Opens it; null for a surface without a signal.
   *
   * @throws IllegalArgumentException when there are several
   */
  @SuppressWarnings("unchecked") // the stream of signals is what the CEP operator makes
  static @Nullable SignalLine of(Surface surface) throws Exception {
    int signals = surface.config().getSignalsCount();
    if (signals > 1) {
      throw new IllegalArgumentException("signals: " + signals + " (expected: at most 1)");
    }
    // The job is planned and never run: its operator is all that is taken.
    DataStream<Interaction> none =
        StreamExecutionEnvironment.getExecutionEnvironment()
            .fromData(
                ProtoTypeInformation.forMessage(Interaction.class),
                Interaction.getDefaultInstance());
    SignalStreams streams = SignalStreams.of(none, new Surfaces(List.of(surface)));
    return streams == null
        ? null
        : new SignalLine(
            (OneInputTransformation<Interaction, Signal>) streams.signals().getTransformation());
  }

  void add(Interaction interaction) throws Exception {
    operator.processElement(interaction, interaction.getEventTimeMillis());
  }

  /** The matches that are certain once event time has come this far, since the last call. */
  List<Signal> passTime(long eventTimeMillis) throws Exception {
    operator.processWatermark(new Watermark(eventTimeMillis));
    List<Signal> found = new ArrayList<>(operator.extractOutputValues());
    operator.getOutput().clear();
    return found;
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
