package io.waggle.jobs.merge;

import io.waggle.core.model.ModelChanges;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.MergedModel;
import io.waggle.v1.ModelSnapshot;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Merged models from topic {@code models} on their way back to the learners, whole. Runs once, so
 * every learner sees them in one order. Keeps nothing in a checkpoint: what was half there is lost
 * with a crash, and every learner asks for the newest after one. Those of a job of another epoch
 * are not for these learners.
 */
public final class MergedModels extends ProcessFunction<ModelSnapshot, Control> {
  private static final long serialVersionUID = 1L;

  private final long epoch;
  private transient @Nullable ModelAssembler assembler;

  /**
   * Those that this job published.
   *
   * @param epoch the job's
   */
  public MergedModels(long epoch) {
    this.epoch = epoch;
  }

  @Override
  public void open(OpenContext context) {
    assembler = ModelChanges.assembler();
  }

  @Override
  public void processElement(ModelSnapshot part, Context context, Collector<Control> out) {
    if (assembler == null
        || part.getMergeShardsCount() == 0
        || ModelVersions.epoch(part.getVersion()) != epoch) {
      return;
    }
    assembler.offer(part).ifPresent(model -> out.collect(control(part, model)));
  }

  private static Control control(ModelSnapshot part, ServableModel model) {
    return Control.newBuilder()
        .setCreatedMillis(model.createdMillis())
        .setMerged(
            MergedModel.newBuilder()
                .setSurface(model.surface())
                .setPolicy(model.policy())
                .setArguments(model.arguments())
                .setGeneration(part.getMergeGeneration())
                .setRound(part.getMergeRound())
                .addAllShards(part.getMergeShardsList())
                .setVersion(model.version())
                .setModel(model.bytes()))
        .build();
  }
}
