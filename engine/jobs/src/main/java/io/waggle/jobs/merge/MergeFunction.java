package io.waggle.jobs.merge;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.FeatureSet;
import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.record.ModelRecords;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.MergeState;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges what the learners of a policy contribute, keyed by surface and policy, and publishes the
 * merged models for those who serve and for the learners. A round is merged when every learner has
 * contributed, and {@link #PATIENCE_MILLIS} after its first contribution with those that have; the
 * others are in the next; what is left when the input ends is merged then. What cannot be read, as
 * of a learner that diverged, is counted and left out.
 *
 * <p>What the job may publish its learners say with each contribution; until one has, nothing is
 * merged. While the job stands by, merged models are for the learners alone and marked so; when it
 * is put in charge the newest is published at once, and the models of the epoch before are taken
 * out; when another is, open rounds are given up and nothing more is published or kept.
 *
 * <p>Counters: {@code models_merged}, {@code contributions_refused}, since the operator started.
 */
public final class MergeFunction
    extends KeyedProcessFunction<String, ModelContribution, ModelSnapshot> {
  /** The parts of the merged versions that go to the registry, each a full model. */
  public static final OutputTag<ModelSnapshot> VERSIONS =
      new OutputTag<>("merged-versions", ProtoTypeInformation.forMessage(ModelSnapshot.class));

  /** From the first contribution of a round until it is merged without the rest. */
  public static final long PATIENCE_MILLIS = 2_000;

  /** Most parts of a model: another job's may have had more than this one's. */
  private static final int PARTS_BOUND = ModelParts.count(ModelAssembler.MODEL_BYTES_BOUND);

  private static final long serialVersionUID = 1L;
  private static final Logger LOGGER = LoggerFactory.getLogger(MergeFunction.class);

  private final @Nullable Duration keepEvery;
  private final long epoch;
  private transient @Nullable Running running;

  /**
   * A merge.
   *
   * @param keepEvery of each policy, versions go to the registry at most this often, and the newest
   *     when the input ends; null: none does
   * @param epoch the job's, leads every version
   */
  public MergeFunction(@Nullable Duration keepEvery, long epoch) {
    this.keepEvery = keepEvery;
    this.epoch = epoch;
  }

  /** The version that went to the registry last, and when. */
  private record Kept(long version, long atMillis) {
    static final Kept NONE = new Kept(0, 0);
  }

  /** What the operator holds while it runs. */
  private record Running(
      ValueState<MergeState> state,
      ModelRecords records,
      Map<String, Kept> kept,
      Map<String, Publisher> publishers,
      Counter merged,
      Counter refused) {}

  @Override
  public void open(OpenContext context) {
    running =
        new Running(
            getRuntimeContext()
                .getState(
                    new ValueStateDescriptor<>(
                        LearningNames.MERGE_STATE,
                        ProtoTypeInformation.forMessage(MergeState.class))),
            new ModelRecords(),
            new HashMap<>(),
            new HashMap<>(),
            getRuntimeContext().getMetricGroup().counter("models_merged"),
            getRuntimeContext().getMetricGroup().counter("contributions_refused"));
  }

  @Override
  public void processElement(
      ModelContribution contribution, Context context, Collector<ModelSnapshot> out)
      throws Exception {
    if (!isReadable(contribution)) {
      running().refused().inc();
      return;
    }
    Publisher before = publisher(context.getCurrentKey());
    Publisher publisher = before.heard(contribution);
    running().publishers().put(context.getCurrentKey(), publisher);
    if (publisher.isFenced()) {
      running().state().update(withoutRound(state()));
      return;
    }
    // The end of the input is a time like any other.
    context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    long nowMillis = context.timerService().currentProcessingTime();
    boolean begins = publisher.isInCharge() && !before.isInCharge();
    if (begins) {
      // Those who serve have none of the versions that were for the learners.
      running().records().forget(contribution.getSurface(), contribution.getPolicy());
    }
    MergeRounds.Step step = MergeRounds.offer(state(), contribution);
    MergeState state = step.state();
    if (MergeRounds.isComplete(state)) {
      state = merge(state, nowMillis, context, out);
    } else if (step.answer() || (begins && state.getEvents() > 0)) {
      state = MergeRounds.newVersion(state, ModelVersions.at(epoch, nowMillis));
      publish(state, nowMillis, context, out);
    }
    if (state.getContributionsCount() > 0 && state.getDueMillis() == 0) {
      state = state.toBuilder().setDueMillis(nowMillis + PATIENCE_MILLIS).build();
      context.timerService().registerProcessingTimeTimer(state.getDueMillis());
    }
    running().state().update(state);
    if (contribution.hasRelievedEpoch() && state.getEvents() > 0) {
      ModelParts.tombstones(
              contribution.getSurface(),
              contribution.getPolicy(),
              contribution.getRelievedEpoch(),
              PARTS_BOUND)
          .forEach(out::collect);
    }
  }

  private Publisher publisher(String key) {
    return running().publishers().getOrDefault(key, Publisher.UNKNOWN);
  }

  private static MergeState withoutRound(MergeState state) {
    return state.toBuilder().clearContributions().clearDueMillis().build();
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ModelSnapshot> out)
      throws Exception {
    MergeState state = state();
    if (!publisher(context.getCurrentKey()).isKnown()) {
      // After a restart: what its learners may publish they say with their first contribution.
      context
          .timerService()
          .registerProcessingTimeTimer(
              context.timerService().currentProcessingTime() + PATIENCE_MILLIS);
      return;
    }
    boolean last = context.timeDomain() == TimeDomain.EVENT_TIME;
    long nowMillis = context.timerService().currentProcessingTime();
    // A timer of a round that was complete before has nothing to do.
    if (state.getDueMillis() != 0 && (last || timestamp >= state.getDueMillis())) {
      state = merge(state, nowMillis, context, out);
      running().state().update(state);
    }
    keep(state, last, context);
  }

  private MergeState merge(
      MergeState state, long nowMillis, Context context, Collector<ModelSnapshot> out) {
    MergeState merged;
    try {
      merged = MergeRounds.merge(state, ModelVersions.at(epoch, nowMillis));
    } catch (IllegalArgumentException e) {
      LOGGER.error(
          "The contributions to {}/{} do not fit: {}",
          state.getSurface(),
          state.getPolicy(),
          e.getMessage());
      running().refused().inc(state.getContributionsCount());
      return withoutRound(state);
    }
    running().merged().inc();
    publish(merged, nowMillis, context, out);
    return merged;
  }

  private void publish(
      MergeState state, long nowMillis, Context context, Collector<ModelSnapshot> out) {
    keep(state, false, context);
    Publisher publisher = publisher(context.getCurrentKey());
    for (ModelSnapshot part : running().records().of(model(state, nowMillis))) {
      out.collect(
          part.toBuilder()
              .setStandby(!publisher.isInCharge())
              .setWriter(publisher.writer())
              .setMergeRound(state.getRound())
              .addAllMergeShards(state.getShardsList())
              .setMergeGeneration(state.getGeneration())
              .build());
    }
  }

  /** Sends the newest version to the registry if it is not there and its time has come. */
  private void keep(MergeState state, boolean now, Context context) {
    String policy = state.getSurface() + "/" + state.getPolicy();
    Kept kept = running().kept().getOrDefault(policy, Kept.NONE);
    boolean inCharge = publisher(context.getCurrentKey()).isInCharge();
    if (keepEvery == null || !inCharge || state.getVersion() <= kept.version()) {
      return;
    }
    long nowMillis = context.timerService().currentProcessingTime();
    long dueMillis = kept.atMillis() + keepEvery.toMillis();
    if (now || nowMillis >= dueMillis) {
      running().kept().put(policy, new Kept(state.getVersion(), nowMillis));
      ModelParts.split(model(state, nowMillis)).forEach(part -> context.output(VERSIONS, part));
    } else {
      context.timerService().registerProcessingTimeTimer(dueMillis);
    }
  }

  private static ServableModel model(MergeState state, long nowMillis) {
    ModelLineage lineage =
        ModelLineage.newBuilder()
            .setSurface(state.getSurface())
            .setPolicy(state.getPolicy())
            .setVersion(state.getVersion())
            .setParentVersion(state.getParentVersion())
            .setArguments(state.getArguments())
            .setFeatureSet(FeatureSet.VERSION)
            .setChecksum(ModelParts.checksum(state.getModel()))
            .setModelBytes(state.getModel().size())
            .setEventsLearned(state.getEvents())
            .setCreatedMillis(nowMillis)
            .setCause(ModelCause.MODEL_CAUSE_MERGED)
            .addAllFeatures(state.getFeaturesList())
            .build();
    return new ServableModel(
        state.getSurface(),
        state.getPolicy(),
        state.getVersion(),
        state.getModel(),
        state.getArguments(),
        state.getEvents(),
        nowMillis,
        state.getParentVersion(),
        state.getOldestRewardMillis(),
        lineage);
  }

  private static boolean isReadable(ModelContribution contribution) {
    try {
      if (!contribution.getModel().isEmpty()) {
        VowpalWabbitModel.parse(contribution.getModel().toByteArray());
      }
      return contribution.getShard() < contribution.getLearners();
    } catch (IllegalArgumentException e) {
      LOGGER.warn(
          "Learner {} of {}/{} contributed a model that cannot be read: {}",
          contribution.getShard(),
          contribution.getSurface(),
          contribution.getPolicy(),
          e.getMessage());
      return false;
    }
  }

  private MergeState state() throws Exception {
    MergeState state = running().state().value();
    return state == null ? MergeState.getDefaultInstance() : state;
  }

  private Running running() {
    return Objects.requireNonNull(running, "open was not called");
  }
}
