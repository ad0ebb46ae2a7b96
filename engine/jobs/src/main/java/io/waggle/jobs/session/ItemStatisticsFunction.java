package io.waggle.jobs.session;

import io.waggle.core.surface.Surfaces;
import io.waggle.state.item.ItemStatisticsFold;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Interaction;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.ItemStatisticsState;
import io.waggle.v1.SurfaceCounts;
import java.time.Duration;
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
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by surface and item: folds what users did with the item into its decayed counts and writes
 * them, at most once a second by the clock, so that an item that everybody looks at costs a record
 * a second and what was written is at most a second behind. Each record holds all that is known and
 * a version that grows, so a repeat after a crash does no harm.
 *
 * <p>State: one {@link ItemStatisticsState} per item (about 60 B a statistic and as much a segment;
 * bounded by what is declared) and one event-time timer. An item that nobody touched for 20 of the
 * longest half-lives is forgotten; a record of version 0 says so. Event time, as for sessions: a
 * drained job forgets nothing.
 *
 * <p>Metrics by surface, in the checkpoint: {@code item_interactions_counted}, {@code
 * item_statistics_written}, {@code items_forgotten}.
 */
public final class ItemStatisticsFunction
    extends KeyedProcessFunction<String, Interaction, ItemStatistics>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Between two records of the same item, by the clock. */
  static final long WRITE_INTERVAL_MILLIS = 1_000;

  static final String COUNTED = "item_interactions_counted";
  static final String WRITTEN = "item_statistics_written";
  static final String FORGOTTEN = "items_forgotten";

  private static final List<String> COUNTS = List.of(COUNTED, WRITTEN, FORGOTTEN);

  private final Surfaces surfaces;

  private transient @Nullable Map<String, ItemStatisticsFold> folds;
  private transient @Nullable ValueState<ItemStatisticsState> item;
  private transient @Nullable ListState<SurfaceCounts> savedCounts;
  private transient @Nullable SurfaceCounters counters;

  public ItemStatisticsFunction(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  /** What the input is keyed by. */
  public static String key(Interaction interaction) {
    return Topics.itemKey(interaction.getSurface(), interaction.getItemId());
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counters = new SurfaceCounters(surfaces, COUNTS);
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    SessionNames.ITEM_COUNTS_STATE,
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
    folds = ItemInteractions.folds(surfaces);
    item =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    SessionNames.ITEM_STATISTICS_STATE,
                    ProtoTypeInformation.forMessage(ItemStatisticsState.class)));
  }

  @Override
  public void processElement(
      Interaction interaction, Context context, Collector<ItemStatistics> out) throws Exception {
    ItemStatisticsFold fold = Objects.requireNonNull(fold(interaction.getSurface()));
    ItemStatisticsState previous = item().value();
    ItemStatistics statistics =
        fold.fold(previous == null ? null : previous.getStatistics(), interaction);
    counters().increment(interaction.getSurface(), COUNTED);
    if (previous == null) {
      context
          .timerService()
          .registerEventTimeTimer(statistics.getUpdatedMillis() + fold.timeToLive().toMillis());
    }
    ItemStatisticsState.Builder state =
        (previous == null ? ItemStatisticsState.newBuilder() : previous.toBuilder())
            .setStatistics(statistics);
    if (!state.getWriteDue()) {
      write(state, context.timerService(), out);
    }
    item().update(state.build());
  }

  /** Now, or when the interval since the last record is over. */
  private void write(
      ItemStatisticsState.Builder state, TimerService timers, Collector<ItemStatistics> out) {
    long sinceMillis = timers.currentProcessingTime() - state.getWrittenMillis();
    // A clock that was set back must not hold a record up for as long.
    if (sinceMillis >= 0 && sinceMillis < WRITE_INTERVAL_MILLIS) {
      state.setWriteDue(true);
      timers.registerProcessingTimeTimer(state.getWrittenMillis() + WRITE_INTERVAL_MILLIS);
    } else {
      emit(state, timers, out);
    }
  }

  private void emit(
      ItemStatisticsState.Builder state, TimerService timers, Collector<ItemStatistics> out) {
    state.setWriteDue(false).setWrittenMillis(timers.currentProcessingTime());
    counters().increment(state.getStatistics().getSurface(), WRITTEN);
    out.collect(state.getStatistics());
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<ItemStatistics> out)
      throws Exception {
    ItemStatisticsState state = item().value();
    if (state == null) {
      return;
    }
    if (context.timeDomain() == TimeDomain.EVENT_TIME) {
      forget(state, timeMillis, context.timerService(), out);
    } else if (state.getWriteDue() && fold(state.getStatistics().getSurface()) != null) {
      ItemStatisticsState.Builder written = state.toBuilder();
      emit(written, context.timerService(), out);
      item().update(written.build());
    }
  }

  /** If it is time; a surface that declares no statistics any more has none to keep. */
  private void forget(
      ItemStatisticsState state,
      long timeMillis,
      TimerService timers,
      Collector<ItemStatistics> out)
      throws Exception {
    // A job that is drained ends event time; no item has been untouched for that.
    if (timers.currentWatermark() == Long.MAX_VALUE) {
      return;
    }
    ItemStatistics statistics = state.getStatistics();
    ItemStatisticsFold fold = fold(statistics.getSurface());
    Duration timeToLive = fold == null ? Duration.ZERO : fold.timeToLive();
    long expiresMillis = statistics.getUpdatedMillis() + timeToLive.toMillis();
    if (expiresMillis > timeMillis) {
      timers.registerEventTimeTimer(expiresMillis);
      return;
    }
    item().clear();
    if (surfaces.find(statistics.getSurface()) != null) {
      counters().increment(statistics.getSurface(), FORGOTTEN);
    }
    out.collect(
        ItemStatistics.newBuilder()
            .setSurface(statistics.getSurface())
            .setItemId(statistics.getItemId())
            .build());
  }

  private @Nullable ItemStatisticsFold fold(String surface) {
    return Objects.requireNonNull(folds, "open was not called").get(surface);
  }

  /** A count as it stands, for tests. */
  long count(String surface, String name) {
    return counters().count(surface, name);
  }

  private ValueState<ItemStatisticsState> item() {
    return Objects.requireNonNull(item, "open was not called");
  }

  private SurfaceCounters counters() {
    return Objects.requireNonNull(counters, "initializeState was not called");
  }
}
