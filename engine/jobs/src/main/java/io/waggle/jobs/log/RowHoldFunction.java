package io.waggle.jobs.log;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.join.JoinMetrics;
import io.waggle.jobs.join.LearningNames;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.DecisionLogCounts;
import io.waggle.v1.HeldRows;
import io.waggle.v1.JoinedDecision;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Holds the rows of a partition until a file is worth writing. Flink's file sink ends its Parquet
 * files with every checkpoint, which may be every second; here rows wait as state, so a file has
 * what came in {@code rollEvery}, or {@code rollBytes} of it, and the checkpoint after that commits
 * it. They go on in batches between which other records get their turn, so that a large file does
 * not hold up the join. Keyed by partition and learner; all waiting rows go on at the stream's end.
 *
 * <p>Metrics: the fields of {@link DecisionLogCounts} as gauges by label {@code surface},
 * checkpointed. INVARIANT, for the sum over the subtasks: rows + waiting + incomplete = what came.
 */
public final class RowHoldFunction
    extends KeyedProcessFunction<String, JoinedDecision, JoinedDecision>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Rows that go on at a time. */
  static final int BATCH = 500;

  private final Surfaces surfaces;
  private final Duration rollEvery;
  private final long rollBytes;

  private transient @Nullable Map<String, DecisionLogCounts.Builder> counts;
  private transient @Nullable ListState<DecisionLogCounts> savedCounts;
  private transient @Nullable MapState<Long, JoinedDecision> rows;
  private transient @Nullable ValueState<HeldRows> held;

  public RowHoldFunction(Surfaces surfaces, DecisionLogSettings settings) {
    this.surfaces = surfaces;
    this.rollEvery = settings.rollEvery();
    this.rollBytes = settings.rollBytes();
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counts = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      counts.put(surface.name(), DecisionLogCounts.newBuilder().setSurface(surface.name()));
    }
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    LearningNames.LOG_COUNTS,
                    ProtoTypeInformation.forMessage(DecisionLogCounts.class)));
    // Each saved element reaches exactly one subtask, whatever the parallelism, so sums hold.
    for (DecisionLogCounts saved : savedCounts.get()) {
      DecisionLogCounts.Builder own = of(saved.getSurface());
      own.setDecisionLogRows(own.getDecisionLogRows() + saved.getDecisionLogRows())
          .setDecisionLogWaiting(own.getDecisionLogWaiting() + saved.getDecisionLogWaiting())
          .setDecisionLogIncomplete(
              own.getDecisionLogIncomplete() + saved.getDecisionLogIncomplete());
    }
  }

  @Override
  public void open(OpenContext context) {
    rows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    LearningNames.HELD_ROWS,
                    Types.LONG,
                    ProtoTypeInformation.forMessage(JoinedDecision.class)));
    held =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    LearningNames.HELD, ProtoTypeInformation.forMessage(HeldRows.class)));
    Objects.requireNonNull(counts, "initializeState was not called")
        .forEach(
            (surface, own) ->
                JoinMetrics.register(getRuntimeContext().getMetricGroup(), surface, own::build));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts, "initializeState was not called").update(counts());
  }

  /** What this subtask counted, one a surface. */
  List<DecisionLogCounts> counts() {
    return Objects.requireNonNull(counts, "initializeState was not called").values().stream()
        .map(DecisionLogCounts.Builder::build)
        .toList();
  }

  @Override
  public void processElement(JoinedDecision row, Context context, Collector<JoinedDecision> out)
      throws Exception {
    DecisionLogCounts.Builder own = of(row.getDecision().getSurface());
    if (row.getFeatures().isEmpty() && row.getDecision().getActionsCount() == 0) {
      own.setDecisionLogIncomplete(own.getDecisionLogIncomplete() + 1);
      return;
    }
    TimerService timers = context.timerService();
    HeldRows before = state().value();
    HeldRows.Builder after =
        before == null ? HeldRows.newBuilder().setFirst(1).setNext(1) : before.toBuilder();
    rows().put(after.getNext(), row);
    own.setDecisionLogWaiting(own.getDecisionLogWaiting() + 1);
    after.setNext(after.getNext() + 1).setBytes(after.getBytes() + row.getSerializedSize());
    if (before == null) {
      after.setDueMillis(timers.currentProcessingTime() + rollEvery.toMillis());
      timers.registerProcessingTimeTimer(after.getDueMillis());
      // The stream's end.
      timers.registerEventTimeTimer(Long.MAX_VALUE);
    }
    if (after.getBytes() >= rollBytes && after.getWriteBefore() == 0) {
      writeAll(after);
      timers.registerProcessingTimeTimer(timers.currentProcessingTime());
    }
    state().update(after.build());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<JoinedDecision> out)
      throws Exception {
    HeldRows before = state().value();
    if (before == null) {
      return;
    }
    HeldRows.Builder after = before.toBuilder();
    boolean end = context.timeDomain() == TimeDomain.EVENT_TIME;
    if (end || (after.getWriteBefore() == 0 && timestamp >= after.getDueMillis())) {
      writeAll(after);
    }
    write(after, end ? Integer.MAX_VALUE : BATCH, out);
    if (after.getFirst() == after.getNext()) {
      state().clear();
      context.timerService().deleteEventTimeTimer(Long.MAX_VALUE);
      return;
    }
    TimerService timers = context.timerService();
    if (after.getFirst() < after.getWriteBefore()) {
      timers.registerProcessingTimeTimer(timers.currentProcessingTime());
    } else if (after.getWriteBefore() > 0) {
      after.setWriteBefore(0).setDueMillis(timers.currentProcessingTime() + rollEvery.toMillis());
      timers.registerProcessingTimeTimer(after.getDueMillis());
    }
    state().update(after.build());
  }

  /** From now on all that is held is being written. */
  private static void writeAll(HeldRows.Builder held) {
    held.setWriteBefore(held.getNext()).setBytes(0);
  }

  private void write(HeldRows.Builder held, int most, Collector<JoinedDecision> out)
      throws Exception {
    long number = held.getFirst();
    for (int i = 0; i < most && number < held.getWriteBefore(); i++) {
      JoinedDecision row = Objects.requireNonNull(rows().get(number), "a held row is gone");
      rows().remove(number);
      number++;
      DecisionLogCounts.Builder own = of(row.getDecision().getSurface());
      own.setDecisionLogWaiting(own.getDecisionLogWaiting() - 1)
          .setDecisionLogRows(own.getDecisionLogRows() + 1);
      out.collect(row);
    }
    held.setFirst(number);
  }

  /** Of a surface that is no longer configured too: its rows still wait. */
  private DecisionLogCounts.Builder of(String surface) {
    return Objects.requireNonNull(counts, "initializeState was not called")
        .computeIfAbsent(surface, name -> DecisionLogCounts.newBuilder().setSurface(name));
  }

  private MapState<Long, JoinedDecision> rows() {
    return Objects.requireNonNull(rows, "open was not called");
  }

  private ValueState<HeldRows> state() {
    return Objects.requireNonNull(held, "open was not called");
  }
}
