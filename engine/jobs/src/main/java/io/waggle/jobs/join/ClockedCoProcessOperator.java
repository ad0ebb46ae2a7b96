package io.waggle.jobs.join;

import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.EventClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Runs a function whose event time goes on when both inputs have fallen silent, so that windows
 * close although no record comes any more. One input that is idle holds nothing back: that is
 * Flink's rule. When both are, event time follows the clock from where it stood, as many
 * milliseconds later as have passed: a log of last year does not jump to today.
 *
 * <p>The watermark is checkpointed with the wall clock. After a restore it starts where it stood,
 * and a job that stays silent for {@link #PATIENCE} times the silence takes over the clock, the
 * time it was down included; not sooner, since records of that time may be on their way. Every
 * subtask starts from the least watermark of all, so the parallelism may change. A job that is
 * stopped before it has any watermark, as partitions without a record hold it back in the first
 * moments, goes on from just before the first record it took: else its windows would wait for the
 * next one for ever.
 */
public final class ClockedCoProcessOperator<IN1, IN2, OUT>
    extends KeyedCoProcessOperator<String, IN1, IN2, OUT> {
  private static final long serialVersionUID = 1L;

  /** How many times the silence both inputs are idle before the clock takes over. */
  static final int PATIENCE = 5;

  private static final long TICK_MILLIS = 200;
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final long silenceMillis;
  private final boolean leads;

  private transient @Nullable ListState<EventClock> saved;
  private transient long reachedMillis;

  /** The wall clock at {@link #reachedMillis} while nothing moves it but the clock. */
  private transient long reachedAtMillis;

  /** Of the records taken while there was no watermark, the earliest. */
  private transient long firstMillis;

  private transient long idleSinceMillis;

  /** True: who comes next has not been told the restored time yet. */
  private transient boolean untold;

  private transient @Nullable ScheduledFuture<?> nextTick;

  /**
   * @param silence after this long without a record the clock takes over
   * @param leads true: who comes next takes this operator's time, also while it follows the clock,
   *     and before it has any; false: it is idle then and holds nobody back
   */
  public ClockedCoProcessOperator(
      KeyedCoProcessFunction<String, IN1, IN2, OUT> function, Duration silence, boolean leads) {
    super(function);
    this.silenceMillis = silence.toMillis();
    this.leads = leads;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    reachedMillis = UNKNOWN;
    firstMillis = UNKNOWN;
    idleSinceMillis = UNKNOWN;
    saved =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    LearningNames.EVENT_CLOCK, ProtoTypeInformation.forMessage(EventClock.class)));
    for (EventClock clock : saved.get()) {
      if (reachedMillis == UNKNOWN || clock.getWatermarkMillis() < reachedMillis) {
        reachedMillis = clock.getWatermarkMillis();
        reachedAtMillis = clock.getWallClockMillis();
        untold = true;
      }
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    scheduleTick(now());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    Objects.requireNonNull(saved, "initializeState was not called").update(clock());
  }

  private List<EventClock> clock() {
    long millis =
        reachedMillis == UNKNOWN && firstMillis != UNKNOWN ? firstMillis - 1 : reachedMillis;
    return millis == UNKNOWN
        ? List.of()
        : List.of(
            EventClock.newBuilder().setWatermarkMillis(millis).setWallClockMillis(now()).build());
  }

  @Override
  public void processElement1(StreamRecord<IN1> element) throws Exception {
    taken(element);
    super.processElement1(element);
  }

  @Override
  public void processElement2(StreamRecord<IN2> element) throws Exception {
    taken(element);
    super.processElement2(element);
  }

  private void taken(StreamRecord<?> element) {
    if (reachedMillis == UNKNOWN && element.hasTimestamp()) {
      long millis = element.getTimestamp();
      firstMillis = firstMillis == UNKNOWN ? millis : Math.min(firstMillis, millis);
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() == Long.MAX_VALUE) {
      // The end of the input is no time that a restored job could go on from.
      super.processWatermark(mark);
    } else if (mark.getTimestamp() > reachedMillis) {
      reached(mark.getTimestamp());
    }
  }

  private void reached(long timeMillis) throws Exception {
    reachedMillis = timeMillis;
    reachedAtMillis = now();
    untold = false;
    super.processWatermark(new Watermark(timeMillis));
  }

  /**
   * INVARIANT: who comes after an operator that leads never sees it idle, not even for a moment. A
   * second input of theirs that stands at the end of time, as topic control does, would be all that
   * is left, and every timer of theirs would fire: what a learner keeps of decisions that have not
   * closed would be gone.
   */
  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int index) throws Exception {
    if (!leads) {
      super.processWatermarkStatus(status, index);
    } else if (combinedWatermark.updateStatus(index, status.isIdle())) {
      processWatermark(new Watermark(combinedWatermark.getCombinedWatermark()));
    }
    if (!combinedWatermark.isIdle()) {
      idleSinceMillis = UNKNOWN;
    } else if (idleSinceMillis == UNKNOWN) {
      idleSinceMillis = now();
    }
  }

  private void tick() throws Exception {
    if (untold) {
      untold = false;
      super.processWatermark(new Watermark(reachedMillis));
    }
    boolean silent =
        idleSinceMillis != UNKNOWN && now() - idleSinceMillis > PATIENCE * silenceMillis;
    long passedMillis = now() - reachedAtMillis;
    if (silent && reachedMillis != UNKNOWN && passedMillis > 0) {
      reached(reachedMillis + passedMillis);
    }
    scheduleTick(now() + TICK_MILLIS);
  }

  private void scheduleTick(long timeMillis) {
    nextTick = getProcessingTimeService().registerTimer(timeMillis, time -> tick());
  }

  @Override
  public void close() throws Exception {
    if (nextTick != null) {
      nextTick.cancel(false);
    }
    super.close();
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }
}
