package io.waggle.jobs.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeTest {
  private static final long DISORDER_MILLIS = 500;
  private static final long SILENCE_MILLIS = 1000;
  private static final long LONG_AGO = 1_574_553_600_000L;

  private final Clock clock = new Clock();
  private final Output output = new Output();
  private final EventTime.ClockedWatermarks watermarks =
      new EventTime.ClockedWatermarks(DISORDER_MILLIS, SILENCE_MILLIS, clock);

  @Test
  void watermarkTrailsTheNewestRecordByTheAllowedDisorder() {
    event(LONG_AGO + 2000);
    event(LONG_AGO + 1000);

    watermarks.onPeriodicEmit(output);

    assertThat(output.emitted).containsExactly(LONG_AGO + 2000 - DISORDER_MILLIS - 1);
  }

  @Test
  void silentPartitionFollowsTheClockAtItsPaceAndDoesNotJumpToToday() {
    event(LONG_AGO);

    clock.millis += SILENCE_MILLIS + 3000;
    watermarks.onPeriodicEmit(output);

    assertThat(output.emitted).containsExactly(LONG_AGO + 3000 - DISORDER_MILLIS - 1);
  }

  @Test
  void shortPauseMovesNothing() {
    event(LONG_AGO);

    clock.millis += SILENCE_MILLIS;
    watermarks.onPeriodicEmit(output);

    assertThat(output.emitted).containsExactly(LONG_AGO - DISORDER_MILLIS - 1);
  }

  @Test
  void partitionThatStaysSilentIsIdleUntilItsNextRecord() {
    event(LONG_AGO);

    clock.millis += EventTime.PATIENCE * SILENCE_MILLIS + 1;
    watermarks.onPeriodicEmit(output);
    assertThat(output.idle).isTrue();
    assertThat(output.emitted).isEmpty();

    event(LONG_AGO + 7);
    watermarks.onPeriodicEmit(output);
    assertThat(output.idle).isFalse();
    assertThat(output.emitted).containsExactly(LONG_AGO + 7 - DISORDER_MILLIS - 1);
  }

  @Test
  void partitionWithoutRecordsIsIdleAndHoldsNothingBack() {
    clock.millis += 60_000;
    watermarks.onPeriodicEmit(output);

    assertThat(output.idle).isTrue();
    assertThat(output.emitted).isEmpty();
  }

  @Test
  void partitionThatHasOnlyJustStartedIsNotYetIdle() {
    clock.millis += SILENCE_MILLIS;
    watermarks.onPeriodicEmit(output);

    assertThat(output.idle).isFalse();
    assertThat(output.emitted).isEmpty();
  }

  @Test
  void recordThatIsRefusedForItsFarFutureTimeMovesNothing() {
    event(LONG_AGO);
    event(EventTime.eventMillis(LONG_AGO + RecordDecoder.FUTURE_MILLIS + 1, LONG_AGO));
    watermarks.onPeriodicEmit(output);
    event(EventTime.eventMillis(LONG_AGO + RecordDecoder.FUTURE_MILLIS, LONG_AGO));
    watermarks.onPeriodicEmit(output);

    assertThat(output.emitted)
        .containsExactly(
            LONG_AGO - DISORDER_MILLIS - 1,
            LONG_AGO + RecordDecoder.FUTURE_MILLIS - DISORDER_MILLIS - 1);
  }

  private void event(long eventMillis) {
    watermarks.onEvent(
        new SourceRecord("t", 0, 0, eventMillis, new byte[0], new byte[0]), eventMillis, output);
  }

  private static final class Clock implements RelativeClock {
    private long millis = 17;

    @Override
    public long relativeTimeMillis() {
      return millis;
    }

    @Override
    public long relativeTimeNanos() {
      return millis * 1_000_000;
    }
  }

  private static final class Output implements WatermarkOutput {
    private final List<Long> emitted = new ArrayList<>();
    private boolean idle;

    @Override
    public void emitWatermark(Watermark watermark) {
      emitted.add(watermark.getTimestamp());
      idle = false;
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      idle = false;
    }
  }
}
