package io.waggle.jobs.session;

import com.google.protobuf.ByteString;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.control.ActiveEpoch;
import io.waggle.jobs.control.ControlledSurfaces;
import io.waggle.jobs.control.HeldClaims;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.RankUpdate;
import io.waggle.v1.RejectReason;
import io.waggle.v1.SurfaceCounts;
import io.waggle.v1.WatchRankingsResponse;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes rankings with the models that the learning job publishes: the same {@link Ranker} as the
 * service's. Keyed by user.
 *
 * <p>A pushed ranking goes out, and is logged, only if the order that policy and constraints prefer
 * is another than that pushed last for this user and surface ({@link PushedOrders}). Whoever
 * watches from now on gets the next change, not the order as it is.
 *
 * <p>It follows control: live policy, traffic, policies and floor change between two records. A
 * record that is refused is logged here; the learning job makes it a dead letter.
 *
 * <p>State: the parts of every policy's newest model, broadcast (each subtask holds all, on the
 * heap and in every checkpoint: policies x model bytes, twice while a version arrives), so that a
 * candidate can answer as soon as control says so; only those that answer are loaded. Also {@link
 * CatalogueItems}: actions of a request that are in no catalogue rank as they come. A restored
 * operator ranks with the models it had. Between the models' arrival and a record there is no fixed
 * order, so a replay may rank with a newer model; the decision id is the same and the join takes
 * the first.
 *
 * <p>Metrics by surface, in the checkpoint: {@code rankings_made = rankings_pushed +
 * rankings_unchanged}; {@code requests_answered} and {@code requests_rejected} (whose sum is the
 * fold's {@code requests_received}), {@code pushes_rejected} and {@code decisions_logged}. Since
 * the operator started: {@code models_applied}, {@code model_parts_stale} (of a learning job that
 * is not in charge) and those of {@link ConstraintCounters}.
 */
public final class RankFunction
    extends KeyedBroadcastProcessFunction<String, RankTask, RankUpdate, WatchRankingsResponse>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** The broadcast state: parts by surface, policy, version and part. */
  public static final MapStateDescriptor<String, ModelSnapshot> MODEL_PARTS =
      new MapStateDescriptor<>(
          SessionNames.MODEL_PARTS_STATE,
          Types.STRING,
          ProtoTypeInformation.forMessage(ModelSnapshot.class));

  /** The control records that count, broadcast. */
  public static final MapStateDescriptor<String, Control> CONTROL =
      ControlledSurfaces.state(SessionNames.CONTROL_STATE);

  /** What is known of the items of the catalogues, broadcast. */
  public static final MapStateDescriptor<String, Item> CATALOGUE_ITEMS = CatalogueItems.ITEMS;

  /** What users did with them, broadcast. */
  public static final MapStateDescriptor<String, ItemStatistics> CATALOGUE_STATISTICS =
      CatalogueItems.STATISTICS;

  /** Decisions to log: of requests always, of pushed rankings where the surface says so. */
  public static final OutputTag<Decision> DECISIONS =
      new OutputTag<>("decisions", ProtoTypeInformation.forMessage(Decision.class));

  static final String MADE = "rankings_made";
  static final String PUSHED = "rankings_pushed";
  static final String UNCHANGED = "rankings_unchanged";
  static final String ANSWERED = "requests_answered";
  static final String REQUEST_REJECTED = "requests_rejected";
  static final String PUSH_REJECTED = "pushes_rejected";
  static final String LOGGED = "decisions_logged";

  private static final List<String> COUNTS =
      List.of(MADE, PUSHED, UNCHANGED, ANSWERED, REQUEST_REJECTED, PUSH_REJECTED, LOGGED);

  /** Where a letter's record stood is not known here: the request has been decoded. */
  private static final int UNKNOWN_POSITION = -1;

  private static final Logger LOGGER = LoggerFactory.getLogger(RankFunction.class);

  private final Surfaces surfaces;

  private transient @Nullable ListState<SurfaceCounts> savedCounts;
  private transient @Nullable Running running;
  private transient @Nullable PushedOrders pushedOrders;

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
    ControlledSurfaces controlled =
        new ControlledSurfaces(
            surfaces, context.getOperatorStateStore().getBroadcastState(CONTROL));
    CatalogueItems items =
        new CatalogueItems(
            context.getOperatorStateStore().getBroadcastState(CATALOGUE_ITEMS),
            context.getOperatorStateStore().getBroadcastState(CATALOGUE_STATISTICS));
    Counter applied = getRuntimeContext().getMetricGroup().counter("models_applied");
    running =
        new Running(
            controlled,
            new ActiveEpoch(context.getOperatorStateStore().getBroadcastState(CONTROL)),
            new HeldClaims(context.getOperatorStateStore().getBroadcastState(CONTROL)),
            getRuntimeContext().getMetricGroup().counter("model_parts_stale"),
            models,
            items,
            new Ranker(models, items),
            new ModelPartStore(
                context.getOperatorStateStore().getBroadcastState(MODEL_PARTS),
                model -> {
                  Surface surface = controlled.find(model.surface());
                  if (surface == null || !answers(surface, model.policy())) {
                    return true;
                  }
                  boolean serves = models.apply(model);
                  applied.inc(serves ? 1 : 0);
                  return serves;
                }),
            counters,
            new ConstraintCounters(getRuntimeContext().getMetricGroup()));
  }

  @Override
  public void open(OpenContext context) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    running().counters().register(metrics);
    pushedOrders = new PushedOrders(getRuntimeContext(), surfaces.all());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts).update(running().counters().save());
  }

  @Override
  public void processBroadcastElement(
      RankUpdate update, Context context, Collector<WatchRankingsResponse> out) throws Exception {
    if (update.hasModel()
        && !update.getModel().getStandby()
        && isKnown(update.getModel())
        && counts(update.getModel())) {
      running().parts().offer(update.getModel());
    } else if (update.getControl().hasWriterEpoch()) {
      var unused = running().active().accept(update.getControl());
    } else if (update.getControl().hasWriterClaim()) {
      var unused = running().held().accept(update.getControl());
    } else if (update.getControl().hasSurface()) {
      follow(update.getControl());
    } else if (update.hasItem()) {
      running().items().offer(update.getItem());
    } else if (update.hasItemStatistics()) {
      running().items().offer(update.getItemStatistics());
    }
  }

  private void follow(Control control) throws Exception {
    String name = control.getSurface().getName();
    Surface before = running().surfaces().find(name);
    Optional<Surface> changed;
    try {
      changed = running().surfaces().accept(control);
    } catch (IllegalArgumentException e) {
      LOGGER.info("Control of surface {} is refused: {}", name, e.getMessage());
      return;
    }
    if (before == null || changed.isEmpty()) {
      return;
    }
    for (PolicyConfig policy : before.policies()) {
      if (!has(changed.get(), policy.getName())) {
        running().parts().drop(name, policy.getName());
      }
      if (!answers(changed.get(), policy.getName())) {
        running().models().remove(name, policy.getName());
      }
    }
    for (PolicyConfig policy : changed.get().policies()) {
      if (answers(changed.get(), policy.getName()) && !answers(before, policy.getName())) {
        running().parts().serve(name, policy.getName());
      }
    }
  }

  private boolean isKnown(ModelSnapshot part) {
    Surface surface = running().surfaces().find(part.getSurface());
    return surface != null && has(surface, part.getPolicy());
  }

  /** Not what a learning job that is not, or no longer, in charge publishes. */
  private boolean counts(ModelSnapshot part) throws Exception {
    boolean counts =
        ModelVersions.epoch(part.getVersion()) >= running().active().epoch()
            && !(part.hasWriter() && running().held().displaces(part.getWriter()));
    running().stale().inc(counts ? 0 : 1);
    return counts;
  }

  private static boolean has(Surface surface, String policy) {
    return surface.policies().stream().anyMatch(each -> each.getName().equals(policy));
  }

  /** Candidates that only run in the shadow answer nobody. */
  private static boolean answers(Surface surface, String policy) {
    return surface.livePolicy().equals(policy)
        || surface.traffic().stream().anyMatch(share -> share.getPolicy().equals(policy));
  }

  @Override
  public void processElement(
      RankTask task, ReadOnlyContext context, Collector<WatchRankingsResponse> out)
      throws Exception {
    Surface surface =
        Objects.requireNonNull(
            running().surfaces().find(task.getRequest().getSurface()),
            "the decoder accepts known ones only");
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
    running().counters().increment(surface.name(), pushed ? MADE : ANSWERED);
    if (pushed && !changed(surface, ranked, context.currentProcessingTime())) {
      return;
    }
    running().constraints().add(ranked.decision());
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

  private boolean changed(Surface surface, Ranker.Ranked ranked, long nowMillis) throws Exception {
    PushedOrders orders = Objects.requireNonNull(pushedOrders, "open was not called");
    boolean changed = orders.isNew(surface, ranked.preferred().get(), nowMillis);
    running().counters().increment(surface.name(), changed ? PUSHED : UNCHANGED);
    return changed;
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
      ControlledSurfaces surfaces,
      ActiveEpoch active,
      HeldClaims held,
      Counter stale,
      ServingModels models,
      CatalogueItems items,
      Ranker ranker,
      ModelPartStore parts,
      SurfaceCounters counters,
      ConstraintCounters constraints) {}
}
