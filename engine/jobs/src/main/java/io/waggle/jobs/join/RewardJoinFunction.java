package io.waggle.jobs.join;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.join.ActionStore;
import io.waggle.state.join.JoinCounter;
import io.waggle.state.join.RewardJoin;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.SharedActions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link RewardJoin}: keeps its state by {@link #key}, calls it with each record, and closes
 * windows by event-time timers. Decisions and rewards must name configured surfaces; the decoders
 * see to that.
 *
 * <p>Metrics: the fields of {@link JoinCounts} as gauges by label {@code surface}. They are
 * checkpointed, so they count each record once whatever crashed; the equations of {@link
 * JoinCounter} hold for the sum over the subtasks. A surface that is no longer configured takes its
 * counts and what waited with it.
 */
public final class RewardJoinFunction
    extends KeyedCoProcessFunction<String, Decision, Reward, JoinedDecision>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Actions that the waiting decisions of a subtask share, and their bytes as messages. */
  static final int MAX_SHARED_ACTIONS = 20_000;

  static final long MAX_SHARED_BYTES = 8L << 20;

  private final Surfaces surfaces;
  private final boolean completeAtClose;

  private transient @Nullable ActionStore store;
  private transient @Nullable ListState<SharedActions> savedActions;
  private transient @Nullable Map<String, SurfaceJoin> joins;
  private transient @Nullable ListState<JoinCounts> savedCounts;
  private transient @Nullable ValueState<PendingDecision> pending;

  /**
   * The join of all surfaces.
   *
   * @param completeAtClose as {@link RewardJoin} has it
   */
  public RewardJoinFunction(Surfaces surfaces, boolean completeAtClose) {
    this.surfaces = surfaces;
    this.completeAtClose = completeAtClose;
  }

  /** The join of one surface and what it counted. */
  private record SurfaceJoin(RewardJoin join, JoinCounter counter) {}

  /**
   * What both inputs are keyed by: a decision within its surface, so that a reward that names
   * another surface than its decision is an orphan there and not a wrong figure here. A surface's
   * name holds no slash.
   */
  public static String key(String surface, String decisionId) {
    return surface + "/" + decisionId;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    store = new ActionStore(MAX_SHARED_ACTIONS, MAX_SHARED_BYTES);
    savedActions =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    LearningNames.SHARED_ACTIONS,
                    ProtoTypeInformation.forMessage(SharedActions.class)));
    // Every subtask takes all of them: nobody knows which decisions are now whose.
    for (SharedActions saved : savedActions.get()) {
      store.add(saved);
    }
    joins = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      joins.put(
          surface.name(),
          new SurfaceJoin(
              new RewardJoin(surface.reward(), store, completeAtClose),
              new JoinCounter(surface.name())));
    }
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    LearningNames.JOIN_COUNTS, ProtoTypeInformation.forMessage(JoinCounts.class)));
    // Each saved element reaches exactly one subtask, whatever the parallelism, so sums hold.
    for (JoinCounts counts : savedCounts.get()) {
      SurfaceJoin join = joins.get(counts.getSurface());
      if (join != null) {
        join.counter().add(counts);
      }
    }
  }

  @Override
  public void open(OpenContext context) {
    pending =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    LearningNames.PENDING, ProtoTypeInformation.forMessage(PendingDecision.class)));
    ActionStore actions = store();
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    metrics.gauge("shared_actions", (Gauge<Integer>) actions::size);
    metrics.gauge("shared_actions_bytes", (Gauge<Long>) actions::bytes);
    Objects.requireNonNull(joins, "initializeState was not called")
        .forEach((surface, join) -> JoinMetrics.register(metrics, surface, join.counter()::counts));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts, "initializeState was not called").update(counts());
    Objects.requireNonNull(savedActions, "initializeState was not called")
        .update(List.of(store().save()));
  }

  /** What this subtask counted, one a surface. */
  List<JoinCounts> counts() {
    return Objects.requireNonNull(joins, "initializeState was not called").values().stream()
        .map(join -> join.counter().counts())
        .toList();
  }

  @Override
  public void processElement1(Decision decision, Context context, Collector<JoinedDecision> out)
      throws Exception {
    SurfaceJoin join = join(decision.getSurface());
    PendingDecision state = state().value();
    apply(
        state, join.join().decision(state, decision, join.counter()), context.timerService(), out);
  }

  @Override
  public void processElement2(Reward reward, Context context, Collector<JoinedDecision> out)
      throws Exception {
    SurfaceJoin join = join(reward.getSurface());
    PendingDecision state = state().value();
    long receivedMillis = context.timerService().currentProcessingTime();
    apply(
        state,
        join.join().reward(state, reward, receivedMillis, join.counter()),
        context.timerService(),
        out);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<JoinedDecision> out)
      throws Exception {
    store().reached(timestamp);
    PendingDecision state = state().value();
    if (state == null || state.getClosesMillis() > timestamp) {
      return;
    }
    String key = context.getCurrentKey();
    SurfaceJoin join = Objects.requireNonNull(joins).get(key.substring(0, key.indexOf('/')));
    if (join == null) {
      state().clear();
      return;
    }
    long reachedMillis = Math.max(timestamp, context.timerService().currentWatermark());
    apply(
        state,
        join.join().close(state, reachedMillis, join.counter()),
        context.timerService(),
        out);
  }

  private void apply(
      @Nullable PendingDecision state,
      RewardJoin.Step step,
      TimerService timers,
      Collector<JoinedDecision> out)
      throws Exception {
    if (step.next() == null) {
      state().clear();
    } else if (!step.next().equals(state)) {
      state().update(step.next());
    }
    long closedBefore = state == null ? 0 : state.getClosesMillis();
    if (step.closesMillis() != closedBefore) {
      if (closedBefore != 0) {
        timers.deleteEventTimeTimer(closedBefore);
      }
      if (step.closesMillis() != 0) {
        timers.registerEventTimeTimer(step.closesMillis());
      }
    }
    step.joined().forEach(out::collect);
  }

  private ActionStore store() {
    return Objects.requireNonNull(store, "initializeState was not called");
  }

  private ValueState<PendingDecision> state() {
    return Objects.requireNonNull(pending, "open was not called");
  }

  private SurfaceJoin join(String surface) {
    return Objects.requireNonNull(
        Objects.requireNonNull(joins, "initializeState was not called").get(surface),
        "the decoder let an unknown surface through");
  }
}
