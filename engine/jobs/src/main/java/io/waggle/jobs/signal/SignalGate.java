package io.waggle.jobs.signal;

import io.waggle.core.surface.SignalBounds;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.jobs.session.SessionNames;
import io.waggle.jobs.session.SurfaceCounters;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Interaction;
import io.waggle.v1.RejectReason;
import io.waggle.v1.SignalBudget;
import io.waggle.v1.SignalBudgets;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SurfaceCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by surface and user: hands each interaction to the signals of its surface, each on a side
 * output of its own.
 *
 * <p>One that is behind the watermark is late: what its time decides has been decided. It becomes a
 * dead letter and is counted. Of one user a signal sees at most {@link SignalBounds} interactions
 * in a stretch as long as its {@code within}, so that half-open matches of a bot are bounded; those
 * beyond are counted.
 *
 * <p>State: per user and signal where the stretch began and a count, until the stretch is over
 * (event-time timer).
 *
 * <p>Metrics by surface, in the checkpoint: {@code signal_interactions_received =
 * signal_interactions_taken + signal_interactions_late}; {@code signal_interactions_excess}, one
 * for each signal that did not see it.
 */
final class SignalGate extends KeyedProcessFunction<String, Interaction, Interaction>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  static final String RECEIVED = "signal_interactions_received";
  static final String TAKEN = "signal_interactions_taken";
  static final String LATE = "signal_interactions_late";
  static final String EXCESS = "signal_interactions_excess";

  /** Where a letter's record stood is not known here: the interaction has been decoded. */
  private static final int UNKNOWN_POSITION = -1;

  private final Surfaces surfaces;

  private transient @Nullable SurfaceCounters counters;
  private transient @Nullable ListState<SurfaceCounts> savedCounts;
  private transient @Nullable ValueState<SignalBudgets> budgets;
  private transient @Nullable Map<String, OutputTag<Interaction>> tags;

  SignalGate(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  /** The side output of a signal. */
  static OutputTag<Interaction> tag(String surface, String signal) {
    return new OutputTag<>(
        "signal/" + surface + "/" + signal, ProtoTypeInformation.forMessage(Interaction.class));
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counters = new SurfaceCounters(surfaces, List.of(RECEIVED, TAKEN, LATE, EXCESS));
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    SessionNames.SIGNAL_COUNTS_STATE,
                    ProtoTypeInformation.forMessage(SurfaceCounts.class)));
    counters.restore(savedCounts.get());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts).update(counters().save());
  }

  @Override
  public void open(OpenContext context) {
    counters().register(getRuntimeContext().getMetricGroup());
    budgets =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    SessionNames.SIGNAL_BUDGETS_STATE,
                    ProtoTypeInformation.forMessage(SignalBudgets.class)));
    tags = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      for (SignalConfig signal : surface.config().getSignalsList()) {
        OutputTag<Interaction> tag = tag(surface.name(), signal.getName());
        tags.put(tag.getId(), tag);
      }
    }
  }

  @Override
  public void processElement(Interaction interaction, Context context, Collector<Interaction> out)
      throws Exception {
    String surface = interaction.getSurface();
    counters().increment(surface, RECEIVED);
    long timeMillis = interaction.getEventTimeMillis();
    if (timeMillis <= context.timerService().currentWatermark()) {
      counters().increment(surface, LATE);
      context.output(DeadLetters.TAG, late(interaction, context));
      return;
    }
    counters().increment(surface, TAKEN);
    SignalBudgets before = Objects.requireNonNull(budgets).value();
    SignalBudgets.Builder after = before == null ? SignalBudgets.newBuilder() : before.toBuilder();
    for (SignalConfig signal : signals(surface)) {
      if (take(after, signal, timeMillis, context)) {
        String id = "signal/" + surface + "/" + signal.getName();
        context.output(Objects.requireNonNull(Objects.requireNonNull(tags).get(id)), interaction);
      } else {
        counters().increment(surface, EXCESS);
      }
    }
    budgets.update(after.build());
  }

  private static boolean take(
      SignalBudgets.Builder budgets, SignalConfig signal, long timeMillis, Context context) {
    SignalBudget budget = budgets.getBudgetsOrDefault(signal.getName(), null);
    long withinMillis = SignalPatterns.withinMillis(signal);
    if (budget == null || timeMillis > budget.getBeganMillis() + withinMillis) {
      budgets.putBudgets(
          signal.getName(),
          SignalBudget.newBuilder().setBeganMillis(timeMillis).setCount(1).build());
      context.timerService().registerEventTimeTimer(timeMillis + withinMillis + 1);
      return true;
    }
    if (budget.getCount() >= SignalBounds.maxInteractions(signal)) {
      return false;
    }
    budgets.putBudgets(
        signal.getName(), budget.toBuilder().setCount(budget.getCount() + 1).build());
    return true;
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<Interaction> out)
      throws Exception {
    ValueState<SignalBudgets> state = Objects.requireNonNull(budgets);
    SignalBudgets before = state.value();
    if (before == null) {
      return;
    }
    SignalBudgets.Builder after = before.toBuilder();
    String surface = context.getCurrentKey().substring(0, context.getCurrentKey().indexOf('/'));
    Map<String, Long> within = new HashMap<>();
    signals(surface).forEach(each -> within.put(each.getName(), SignalPatterns.withinMillis(each)));
    before
        .getBudgetsMap()
        .forEach(
            (name, budget) -> {
              if (budget.getBeganMillis() + within.getOrDefault(name, 0L) < timeMillis) {
                after.removeBudgets(name);
              }
            });
    if (after.getBudgetsCount() == 0) {
      state.clear();
    } else {
      state.update(after.build());
    }
  }

  private static DeadLetter late(Interaction interaction, Context context) {
    return DeadLetter.newBuilder()
        .setTopic(Topics.INTERACTIONS)
        .setPartition(UNKNOWN_POSITION)
        .setOffset(UNKNOWN_POSITION)
        .setKey(interaction.getUserIdBytes())
        .setValue(interaction.toByteString())
        .setReason(RejectReason.REJECT_REASON_LATE)
        .setDetail(
            "event_time_millis: "
                + interaction.getEventTimeMillis()
                + " (expected: after "
                + context.timerService().currentWatermark()
                + ", up to which signals have been decided)")
        .setRejectedMillis(context.timerService().currentProcessingTime())
        .build();
  }

  private List<SignalConfig> signals(String surface) {
    Surface found = surfaces.find(surface);
    return found == null ? List.of() : found.config().getSignalsList();
  }

  /** A count as it stands, for tests. */
  long count(String surface, String name) {
    return counters().count(surface, name);
  }

  private SurfaceCounters counters() {
    return Objects.requireNonNull(counters, "initializeState was not called");
  }
}
