package io.waggle.jobs.session;

import io.waggle.core.surface.Surfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The fold of any surfaces on RocksDB, from a snapshot or from nothing. */
final class SessionHarness implements AutoCloseable {
  private final SessionFunction function;
  private final KeyedTwoInputStreamOperatorTestHarness<String, Interaction, SessionEvent, RankTask>
      harness;

  SessionHarness(Surfaces surfaces, @Nullable OperatorSubtaskState snapshot) throws Exception {
    function = new SessionFunction(surfaces);
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(function),
            Interaction::getUserId,
            SessionFixture::userId,
            Types.STRING);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(
        ProtoTypeInformation.forMessage(RankTask.class)
            .createSerializer(new ExecutionConfig().getSerializerConfig()));
    if (snapshot != null) {
      harness.initializeState(snapshot);
    }
    harness.open();
  }

  void interaction(Interaction interaction) throws Exception {
    harness.processElement1(interaction, interaction.getEventTimeMillis());
  }

  void request(RankRequest request, long timeMillis) throws Exception {
    harness.processElement2(SessionEvent.newBuilder().setRequest(request).build(), timeMillis);
  }

  void watermark(long timeMillis) throws Exception {
    harness.processBothWatermarks(new Watermark(timeMillis));
  }

  List<RankTask> tasks() {
    return List.copyOf(harness.extractOutputValues());
  }

  List<Session> sessions() {
    var output = harness.getSideOutput(SessionFunction.SESSIONS);
    return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
  }

  /** The session that the newest output holds. */
  Session newest() {
    List<Session> sessions = sessions();
    return sessions.get(sessions.size() - 1);
  }

  SessionFunction function() {
    return function;
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
