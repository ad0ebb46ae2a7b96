package io.waggle.jobs.join;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Reward;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One subtask of the join. */
public final class JoinSubtask implements AutoCloseable {
  private final Surfaces surfaces;
  private final RewardJoinFunction function;
  private final KeyedTwoInputStreamOperatorTestHarness<String, Decision, Reward, JoinedDecision>
      harness;
  private final int parallelism;
  private final int index;
  private final boolean rocksDb;

  public JoinSubtask(
      Surfaces surfaces, int parallelism, int index, @Nullable OperatorSubtaskState from)
      throws Exception {
    this(surfaces, parallelism, index, from, false);
  }

  /** A store that counts its entries, or the one the job runs with. */
  JoinSubtask(
      Surfaces surfaces,
      int parallelism,
      int index,
      @Nullable OperatorSubtaskState from,
      boolean rocksDb)
      throws Exception {
    this.rocksDb = rocksDb;
    this.surfaces = surfaces;
    this.parallelism = parallelism;
    this.index = index;
    function = new RewardJoinFunction(surfaces, false);
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new ClockedCoProcessOperator<>(function, Duration.ofSeconds(1), true),
            decision -> RewardJoinFunction.key(decision.getSurface(), decision.getDecisionId()),
            reward -> RewardJoinFunction.key(reward.getSurface(), reward.getDecisionId()),
            Types.STRING,
            JobEnvironment.MAX_PARALLELISM,
            parallelism,
            index);
    if (rocksDb) {
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    }
    harness.setup(
        ProtoTypeInformation.forMessage(JoinedDecision.class)
            .createSerializer(new SerializerConfigImpl()));
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
  }

  public void decide(Decision decision) throws Exception {
    harness.processElement1(decision, decision.getEventTimeMillis());
  }

  public void reward(Reward reward) throws Exception {
    harness.processElement2(reward, reward.getEventTimeMillis());
  }

  public void watermark(long timeMillis) throws Exception {
    harness.processBothWatermarks(new Watermark(timeMillis));
  }

  List<JoinedDecision> joined() {
    return harness.extractOutputValues();
  }

  public JoinCounts counts(String surface) {
    return function.counts().stream()
        .filter(counts -> counts.getSurface().equals(surface))
        .findFirst()
        .orElseThrow();
  }

  boolean owns(String key) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, JobEnvironment.MAX_PARALLELISM, parallelism)
        == index;
  }

  JoinSubtask restarted() throws Exception {
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    close();
    return new JoinSubtask(surfaces, parallelism, index, saved, rocksDb);
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  public KeyedTwoInputStreamOperatorTestHarness<String, Decision, Reward, JoinedDecision>
      harness() {
    return harness;
  }
}
