package io.waggle.jobs.record;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * Event time of the topics. A watermark trails the newest record of its partition by the allowed
 * disorder. When a partition falls silent its watermark goes on at the pace of the clock, so a
 * quiet topic holds the others back by no more than the silence began with, and the last windows of
 * a stream still close. The pace is relative: a replay of an old log does not jump to today. A
 * partition that has not had a record for that long since the start is idle: it holds nothing back.
 * Not sooner: after a restart one topic's backlog may be read before the first record of another
 * has come, and windows would close before the rewards that wait there.
 *
 * <p>The clock stands still while the source is blocked by the operators behind it, so back
 * pressure is not silence.
 */
public final class EventTime {
  /** How many times the silence a partition follows the clock before it is idle. */
  static final int PATIENCE = 30;

  private EventTime() {}

  /**
   * The strategy for a topic.
   *
   * @param disorder how late a record may be behind the newest of its partition
   * @param silence after this long without a record the clock takes over
   */
  public static WatermarkStrategy<SourceRecord> strategy(Duration disorder, Duration silence) {
    long disorderMillis = disorder.toMillis();
    long silenceMillis = silence.toMillis();
    return WatermarkStrategy.<SourceRecord>forGenerator(
            context ->
                new ClockedWatermarks(
                    disorderMillis, silenceMillis, context.getInputActivityClock()))
        .withTimestampAssigner(
            (record, timestamp) ->
                eventMillis(record.timestampMillis(), System.currentTimeMillis()));
  }

  /**
   * For a topic whose records are not events: its watermark is the end of time from the start, so
   * that it holds nothing back.
   */
  public static WatermarkStrategy<SourceRecord> none() {
    return WatermarkStrategy.forGenerator(context -> new EndOfTime());
  }

  /** One per partition. */
  private static final class EndOfTime implements WatermarkGenerator<SourceRecord> {
    @Override
    public void onEvent(SourceRecord record, long eventMillis, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(Watermark.MAX_WATERMARK);
    }
  }

  /**
   * A record's event time. One from so far ahead that the decoder refuses it moves nothing:
   * otherwise it would close the windows of good decisions before their rewards come.
   */
  static long eventMillis(long timestampMillis, long nowMillis) {
    return timestampMillis > nowMillis + RecordDecoder.FUTURE_MILLIS
        ? Long.MIN_VALUE
        : timestampMillis;
  }

  /** One per partition; called by the source's thread. */
  static final class ClockedWatermarks implements WatermarkGenerator<SourceRecord> {
    private final long disorderMillis;
    private final long silenceMillis;
    private final RelativeClock clock;
    private final long startedAtMillis;
    private long newestMillis = Long.MIN_VALUE;
    private long newestSeenAtMillis;

    ClockedWatermarks(long disorderMillis, long silenceMillis, RelativeClock clock) {
      this.disorderMillis = disorderMillis;
      this.silenceMillis = silenceMillis;
      this.clock = clock;
      this.startedAtMillis = clock.relativeTimeMillis();
    }

    @Override
    public void onEvent(SourceRecord record, long eventMillis, WatermarkOutput output) {
      newestSeenAtMillis = clock.relativeTimeMillis();
      newestMillis = Math.max(newestMillis, eventMillis);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (newestMillis == Long.MIN_VALUE) {
        if (clock.relativeTimeMillis() - startedAtMillis > silenceMillis) {
          output.markIdle();
        }
        return;
      }
      long silentForMillis = clock.relativeTimeMillis() - newestSeenAtMillis;
      if (silentForMillis > PATIENCE * silenceMillis) {
        output.markIdle();
        return;
      }
      long clockMillis = silentForMillis > silenceMillis ? silentForMillis - silenceMillis : 0;
      output.emitWatermark(new Watermark(newestMillis + clockMillis - disorderMillis - 1));
    }
  }
}
