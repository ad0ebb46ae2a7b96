package io.waggle.jobs.join;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.join.DerivationCounter;
import io.waggle.state.join.RewardDerivation;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Decision;
import io.waggle.v1.DerivationCounts;
import io.waggle.v1.RecentDecisions;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardCause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link RewardDerivation}: keeps its state by {@link #key}, calls it with each decision,
 * interaction and signal, and with event-time timers. Records must name configured surfaces.
 *
 * <p>Metrics: the fields of {@link DerivationCounts} as gauges by label {@code surface},
 * checkpointed like the join's.
 */
public final class DerivedRewardFunction
    extends KeyedCoProcessFunction<String, Decision, RewardCause, Reward>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final Surfaces surfaces;

  private transient @Nullable Map<String, SurfaceDerivation> derivations;
  private transient @Nullable ListState<DerivationCounts> savedCounts;
  private transient @Nullable ValueState<RecentDecisions> recent;

  public DerivedRewardFunction(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  /** The derivation of one surface and what it counted. */
  private record SurfaceDerivation(RewardDerivation derivation, DerivationCounter counter) {}

  /** What both inputs are keyed by. A surface's name holds no slash. */
  public static String key(String surface, String user) {
    return surface + "/" + user;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    derivations = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      derivations.put(
          surface.name(),
          new SurfaceDerivation(
              new RewardDerivation(surface.reward()), new DerivationCounter(surface.name())));
    }
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    LearningNames.DERIVATION_COUNTS,
                    ProtoTypeInformation.forMessage(DerivationCounts.class)));
    for (DerivationCounts counts : savedCounts.get()) {
      SurfaceDerivation derivation = derivations.get(counts.getSurface());
      if (derivation != null) {
        derivation.counter().add(counts);
      }
    }
  }

  @Override
  public void open(OpenContext context) {
    recent =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    LearningNames.RECENT_DECISIONS,
                    ProtoTypeInformation.forMessage(RecentDecisions.class)));
    Objects.requireNonNull(derivations, "initializeState was not called")
        .forEach(
            (surface, derivation) ->
                JoinMetrics.register(
                    getRuntimeContext().getMetricGroup(), surface, derivation.counter()::counts));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts, "initializeState was not called").update(counts());
  }

  /** What this subtask counted, one a surface. */
  List<DerivationCounts> counts() {
    return Objects.requireNonNull(derivations, "initializeState was not called").values().stream()
        .map(derivation -> derivation.counter().counts())
        .toList();
  }

  @Override
  public void processElement1(Decision decision, Context context, Collector<Reward> out)
      throws Exception {
    SurfaceDerivation surface = surface(decision.getSurface());
    RecentDecisions state = state().value();
    TimerService timers = context.timerService();
    apply(
        state,
        surface.derivation().decision(state, decision, timers.currentWatermark()),
        timers,
        out);
  }

  @Override
  public void processElement2(RewardCause cause, Context context, Collector<Reward> out)
      throws Exception {
    SurfaceDerivation surface =
        surface(
            cause.hasSignal()
                ? cause.getSignal().getSurface()
                : cause.getInteraction().getSurface());
    RewardDerivation derivation = surface.derivation();
    DerivationCounter counter = surface.counter();
    OptionalDouble value =
        cause.hasSignal()
            ? derivation.worth(cause.getSignal(), counter)
            : derivation.worth(cause.getInteraction(), counter);
    if (value.isEmpty()) {
      return;
    }
    RecentDecisions state = state().value();
    TimerService timers = context.timerService();
    long watermarkMillis = timers.currentWatermark();
    double worth = value.getAsDouble();
    RewardDerivation.Step step =
        cause.hasSignal()
            ? derivation.signal(state, cause.getSignal(), worth, watermarkMillis, counter)
            : derivation.interaction(
                state, cause.getInteraction(), worth, watermarkMillis, counter);
    apply(state, step, timers, out);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Reward> out)
      throws Exception {
    RecentDecisions state = state().value();
    if (state == null || state.getDueMillis() > timestamp) {
      return;
    }
    String key = context.getCurrentKey();
    int slash = key.indexOf('/');
    SurfaceDerivation surface = Objects.requireNonNull(derivations).get(key.substring(0, slash));
    if (surface == null) {
      state().clear();
      return;
    }
    TimerService timers = context.timerService();
    apply(
        state,
        surface
            .derivation()
            .due(
                state,
                key.substring(0, slash),
                key.substring(slash + 1),
                Math.max(timestamp, timers.currentWatermark()),
                surface.counter()),
        timers,
        out);
  }

  private void apply(
      @Nullable RecentDecisions state,
      RewardDerivation.Step step,
      TimerService timers,
      Collector<Reward> out)
      throws Exception {
    if (step.next() == null) {
      state().clear();
    } else if (!step.next().equals(state)) {
      state().update(step.next());
    }
    long dueBefore = state == null ? 0 : state.getDueMillis();
    if (step.dueMillis() != dueBefore) {
      if (dueBefore != 0) {
        timers.deleteEventTimeTimer(dueBefore);
      }
      if (step.dueMillis() != 0) {
        timers.registerEventTimeTimer(step.dueMillis());
      }
    }
    step.rewards().forEach(out::collect);
  }

  private ValueState<RecentDecisions> state() {
    return Objects.requireNonNull(recent, "open was not called");
  }

  private SurfaceDerivation surface(String name) {
    return Objects.requireNonNull(
        Objects.requireNonNull(derivations, "initializeState was not called").get(name),
        "the decoder let an unknown surface through");
  }
}
