package io.waggle.jobs.session;

import com.google.protobuf.ByteString;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.RejectReason;
import io.waggle.v1.SurfaceCounts;
import io.waggle.v1.WatchRankingsResponse;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Makes rankings with the models that the learning job publishes: the same {@link Ranker} as the
 * service's.
 *
 * <p>State: the parts of the models in service, broadcast (each subtask holds all, on the heap and
 * in every checkpoint: policies that can answer x model bytes, twice while a version arrives). A
 * restored operator ranks with the models it had. Between the models' arrival and a record there is
 * no fixed order, so a replay may rank with a newer model; the decision id is the same and the join
 * takes the first.
 *
 * <p>Metrics by surface, in the checkpoint: {@code rankings_pushed}, {@code requests_answered} and
 * {@code requests_rejected} (whose sum is the fold's {@code requests_received}), {@code
 * pushes_rejected} and {@code decisions_logged}. Since the operator started: {@code
 * models_applied}.
 */
public final class RankFunction
    extends BroadcastProcessFunction<RankTask, ModelSnapshot, WatchRankingsResponse>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** The broadcast state: parts by surface, policy, version and part. */
  public static final MapStateDescriptor<String, ModelSnapshot> MODEL_PARTS =
      new MapStateDescriptor<>(
          SessionNames.MODEL_PARTS_STATE,
          Types.STRING,
          ProtoTypeInformation.forMessage(ModelSnapshot.class));

  /** Decisions to log: of requests always, of pushed rankings where the surface says so. */
  public static final OutputTag<Decision> DECISIONS =
      new OutputTag<>("decisions", ProtoTypeInformation.forMessage(Decision.class));

  static final String PUSHED = "rankings_pushed";
  static final String ANSWERED = "requests_answered";
  static final String REQUEST_REJECTED = "requests_rejected";
  static final String PUSH_REJECTED = "pushes_rejected";
  static final String LOGGED = "decisions_logged";

  private static final List<String> COUNTS =
      List.of(PUSHED, ANSWERED, REQUEST_REJECTED, PUSH_REJECTED, LOGGED);

  /** Where a letter's record stood is not known here: the request has been decoded. */
  private static final int UNKNOWN_POSITION = -1;

  private final Surfaces surfaces;

  private transient @Nullable ListState<SurfaceCounts> savedCounts;
  private transient @Nullable Running running;

  public RankFunction(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    SessionNames.RANK_COUNTS_STATE,
                    ProtoTypeInformation.forMessage(SurfaceCounts.class)));
    SurfaceCounters counters = new SurfaceCounters(surfaces, COUNTS);
    counters.restore(savedCounts.get());
    ServingModels models = new ServingModels();
    running =
        new Running(
            models,
            new Ranker(models),
            new ModelPartStore(
                context.getOperatorStateStore().getBroadcastState(MODEL_PARTS), models::apply),
            counters,
            getRuntimeContext().getMetricGroup().counter("models_applied"));
  }

  @Override
  public void open(OpenContext context) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    running().counters().register(metrics);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts).update(running().counters().save());
  }

  @Override
  public void close() {
    if (running != null) {
      running.models().close();
    }
  }

  @Override
  public void processBroadcastElement(
      ModelSnapshot part, Context context, Collector<WatchRankingsResponse> out) throws Exception {
    if (canAnswer(part) && running().parts().offer(part)) {
      running().modelsApplied().inc();
    }
  }

  /** Candidates that only run in the shadow are not kept: they never answer. */
  private boolean canAnswer(ModelSnapshot part) {
    Surface surface = surfaces.find(part.getSurface());
    if (surface == null) {
      return false;
    }
    return surface.livePolicy().equals(part.getPolicy())
        || surface.traffic().stream().anyMatch(share -> share.getPolicy().equals(part.getPolicy()));
  }

  @Override
  public void processElement(
      RankTask task, ReadOnlyContext context, Collector<WatchRankingsResponse> out) {
    Surface surface =
        Objects.requireNonNull(
            surfaces.find(task.getRequest().getSurface()), "the decoder accepts known ones only");
    boolean pushed = !task.getInteractionId().isEmpty();
    Ranker.Ranked ranked;
    try {
      ranked = running().ranker().rank(surface, input(task));
    } catch (IllegalArgumentException e) {
      reject(task, RejectReason.REJECT_REASON_INVALID, e, context);
      return;
    } catch (IllegalStateException e) {
      // The model fails on this example: letting it through would stop the job again and again.
      reject(task, RejectReason.REJECT_REASON_LEARNER, e, context);
      return;
    }
    running().counters().increment(surface.name(), pushed ? PUSHED : ANSWERED);
    out.collect(
        WatchRankingsResponse.newBuilder()
            .setSurface(surface.name())
            .setUserId(task.getRequest().getUserId())
            .setRanking(ranked.response())
            .setCreatedMillis(context.currentProcessingTime())
            .setInteractionId(task.getInteractionId())
            .build());
    if (!pushed || surface.logPushedDecisions()) {
      running().counters().increment(surface.name(), LOGGED);
      context.output(DECISIONS, ranked.decision());
    }
  }

  private static RankInput input(RankTask task) {
    RankRequest request = task.getRequest();
    return new RankInput(
        request.getDecisionId(),
        request.getUserId(),
        task.getTimeMillis(),
        request.getContextList(),
        task.hasSession() ? task.getSession() : null,
        request.getActionsList(),
        request.getDeferred(),
        request.getSlotsList());
  }

  private void reject(
      RankTask task, RejectReason reason, RuntimeException cause, ReadOnlyContext context) {
    RankRequest request = task.getRequest();
    boolean pushed = !task.getInteractionId().isEmpty();
    running().counters().increment(request.getSurface(), pushed ? PUSH_REJECTED : REQUEST_REJECTED);
    context.output(
        DeadLetters.TAG,
        DeadLetter.newBuilder()
            .setTopic(pushed ? Topics.INTERACTIONS : Topics.RANK_REQUESTS)
            .setPartition(UNKNOWN_POSITION)
            .setOffset(UNKNOWN_POSITION)
            .setKey(ByteString.copyFromUtf8(request.getUserId()))
            .setValue(request.toByteString())
            .setReason(reason)
            .setDetail(String.valueOf(cause.getMessage()))
            .setRejectedMillis(context.currentProcessingTime())
            .build());
  }

  /** A count as it stands, for tests. */
  long count(String surface, String name) {
    return running().counters().count(surface, name);
  }

  private Running running() {
    return Objects.requireNonNull(running, "initializeState was not called");
  }

  /** What the operator holds while it runs. */
  private record Running(
      ServingModels models,
      Ranker ranker,
      ModelPartStore parts,
      SurfaceCounters counters,
      Counter modelsApplied) {}
}
