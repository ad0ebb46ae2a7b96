package io.waggle.benchmarks.learn;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.join.RewardJoinFunction;
import io.waggle.jobs.learn.LearnFunction;
import io.waggle.jobs.learn.LearnerFactory;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.Reward;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The learning job's two operators, the join and the learner, one behind the other in Flink's
 * harnesses: the job's own code without its topics and threads. State is on the heap. One thread.
 */
public final class LearningLine implements AutoCloseable {
  private static final int KEY_GROUPS = 128;

  private final KeyedTwoInputStreamOperatorTestHarness<String, Decision, Reward, JoinedDecision>
      join;
  private final KeyedBroadcastOperatorTestHarness<String, JoinedDecision, Control, PolicyEvaluation>
      learn;

  private long exampleBytes;

  /** Opens both operators for one surface. */
  public LearningLine(Surface surface, LearnerFactory factory) throws Exception {
    Surfaces surfaces = new Surfaces(List.of(surface));
    join =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new RewardJoinFunction(surfaces, false)),
            decision -> RewardJoinFunction.key(decision.getSurface(), decision.getDecisionId()),
            reward -> RewardJoinFunction.key(reward.getSurface(), reward.getDecisionId()),
            Types.STRING,
            KEY_GROUPS,
            1,
            0);
    join.setup(serializer(ProtoTypeInformation.forMessage(JoinedDecision.class)));
    join.open();
    learn =
        new KeyedBroadcastOperatorTestHarness<>(
            new CoBroadcastWithKeyedOperator<>(
                new LearnFunction(surfaces, factory), List.of(LearnFunction.CONTROL)),
            joined -> joined.getDecision().getSurface(),
            Types.STRING,
            KEY_GROUPS,
            1,
            0);
    learn.setup(serializer(ProtoTypeInformation.forMessage(PolicyEvaluation.class)));
    learn.open();
  }

  private static <T> org.apache.flink.api.common.typeutils.TypeSerializer<T> serializer(
      TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  /** A decision through the join. */
  public void decide(Decision decision) throws Exception {
    join.processElement1(decision, decision.getEventTimeMillis());
  }

  /** A reward through the join. */
  public void reward(Reward reward) throws Exception {
    join.processElement2(reward, reward.getEventTimeMillis());
  }

  /** Event time passes in the join; returns how many decisions that handed to the learner. */
  public int passTime(long eventTimeMillis) throws Exception {
    join.processBothWatermarks(new Watermark(eventTimeMillis));
    List<JoinedDecision> joined = join.extractOutputValues();
    join.getOutput().clear();
    for (JoinedDecision one : joined) {
      learn(PackedFeatures.pack(one));
    }
    return joined.size();
  }

  /** A joined decision, packed or not, straight to the learner. */
  public void learn(JoinedDecision joined) throws Exception {
    learn.processElement(new StreamRecord<>(joined, joined.getDecision().getEventTimeMillis()));
    drain(LearnFunction.EXAMPLES);
  }

  /**
   * Wall-clock time passes in the learner: it publishes what is due. Returns the number of model
   * parts that went out.
   */
  public int publish(long nowMillis) throws Exception {
    learn.setProcessingTime(nowMillis);
    learn.getOutput().clear();
    writeExamples();
    return drain(LearnFunction.MODELS);
  }

  /** The examples' bytes are made as the sink makes them. */
  private void writeExamples() {
    Queue<StreamRecord<LearnedExample>> examples = learn.getSideOutput(LearnFunction.EXAMPLES);
    for (StreamRecord<LearnedExample> example = poll(examples);
        example != null;
        example = poll(examples)) {
      exampleBytes += example.getValue().toByteArray().length;
    }
  }

  private static <T> @Nullable T poll(@Nullable Queue<T> queue) {
    return queue == null ? null : queue.poll();
  }

  /** Bytes of the examples that went out since the start. */
  public long exampleBytes() {
    return exampleBytes;
  }

  /** Dead letters of the learner since the last call. */
  public int deadLetters() {
    return drain(DeadLetters.TAG);
  }

  private <T> int drain(OutputTag<T> tag) {
    Queue<?> records = learn.getSideOutput(tag);
    if (records == null) {
      return 0;
    }
    int size = records.size();
    records.clear();
    return size;
  }

  @Override
  public void close() throws Exception {
    join.close();
    learn.close();
  }
}
