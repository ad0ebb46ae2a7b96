package io.waggle.jobs.signal;

import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** A signal's operator as the job has it. */
final class SignalOperator implements AutoCloseable {
  private static final int MAX_BYTES = 1 << 30;

  private final KeyedOneInputStreamOperatorTestHarness<String, Interaction, Signal> harness;

  SignalOperator(SignalConfig signal, @Nullable OperatorSubtaskState from) throws Exception {
    KeyedStream<Interaction, String> users =
        StreamExecutionEnvironment.createLocalEnvironment(1)
            .fromData(
                ProtoTypeInformation.forMessage(Interaction.class),
                Interaction.getDefaultInstance())
            .keyBy(Interaction::getUserId, Types.STRING);
    @SuppressWarnings("unchecked") // a pattern's stream is one operator's
    OneInputTransformation<Interaction, Signal> found =
        (OneInputTransformation<Interaction, Signal>)
            CEP.pattern(users, SignalPatterns.compile(signal))
                .process(
                    new SignalMatch("shop", signal), ProtoTypeInformation.forMessage(Signal.class))
                .getTransformation();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            found.getOperatorFactory(), Interaction::getUserId, Types.STRING, 128, 1, 0);
    harness.setCheckpointStorage(new JobManagerCheckpointStorage(MAX_BYTES));
    harness.setup(
        ProtoTypeInformation.forMessage(Signal.class)
            .createSerializer(new ExecutionConfig().getSerializerConfig()));
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
  }

  void take(Interaction interaction) throws Exception {
    harness.processElement(interaction, interaction.getEventTimeMillis());
  }

  void takeAll(List<Interaction> interactions) throws Exception {
    for (Interaction interaction : interactions) {
      take(interaction);
      watermark(interaction.getEventTimeMillis() - 1000);
    }
  }

  void watermark(long timeMillis) throws Exception {
    harness.processWatermark(new Watermark(timeMillis));
  }

  List<Signal> signals() {
    return harness.extractOutputValues();
  }

  int entries() {
    return harness.numKeyedStateEntries();
  }

  int timers() {
    return harness.numEventTimeTimers();
  }

  /** Bytes of what is kept of all users. */
  long bytes() throws Exception {
    return snapshot().getStateSize();
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
