package io.waggle.jobs.merge;

import io.waggle.core.evaluate.StratifiedEvaluation;
import io.waggle.jobs.join.LearningNames;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.ShardEvaluations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * What a policy is worth where several learners share it, of what each says of its share; keyed by
 * surface, policy and segment. Of each learner the newest counts. A tombstone of any is one of all.
 */
public final class EvaluationSum
    extends KeyedProcessFunction<String, PolicyEvaluation, PolicyEvaluation> {
  private static final long serialVersionUID = 1L;

  private transient @Nullable ValueState<ShardEvaluations> state;

  @Override
  public void open(OpenContext context) {
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    LearningNames.SHARD_EVALUATIONS,
                    ProtoTypeInformation.forMessage(ShardEvaluations.class)));
  }

  @Override
  public void processElement(
      PolicyEvaluation evaluation, Context context, Collector<PolicyEvaluation> out)
      throws Exception {
    ValueState<ShardEvaluations> saved = Objects.requireNonNull(state, "open was not called");
    if (evaluation.getUpdatedMillis() == 0) {
      saved.clear();
      out.collect(evaluation.toBuilder().clearShard().clearLearners().build());
      return;
    }
    List<PolicyEvaluation> shards = new ArrayList<>();
    if (saved.value() != null) {
      for (PolicyEvaluation each : saved.value().getEvaluationsList()) {
        if (each.getShard() != evaluation.getShard()
            && each.getLearners() == evaluation.getLearners()) {
          shards.add(each);
        }
      }
    }
    shards.add(evaluation);
    saved.update(ShardEvaluations.newBuilder().addAllEvaluations(shards).build());
    PolicyEvaluation.Builder sum =
        StratifiedEvaluation.combine(shards).toBuilder()
            .setWriterEpoch(evaluation.getWriterEpoch());
    if (evaluation.hasWriter()) {
      sum.setWriter(evaluation.getWriter());
    }
    out.collect(sum.build());
  }
}
