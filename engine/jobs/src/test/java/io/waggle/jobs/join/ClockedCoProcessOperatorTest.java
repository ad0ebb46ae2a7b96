package io.waggle.jobs.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Event time of two inputs that fall silent. Each element is a time at which a timer fires. */
final class ClockedCoProcessOperatorTest {
  private static final long SILENCE = 1_000;
  private static final long PATIENCE = ClockedCoProcessOperator.PATIENCE * SILENCE;
  private static final long NOW = 1_700_000_000_000L;
  private static final long LONG_AGO = 1_000_000L;

  @Test
  void restoredJobThatStaysSilentFiresItsTimersByTheClock() throws Exception {
    OperatorSubtaskState saved = savedAt(LONG_AGO, LONG_AGO + 20_000);

    try (Subtask restored = new Subtask(saved, NOW, true)) {
      restored.bothIdle();
      restored.clock(NOW + 19_000);
      assertThat(restored.fired()).isEmpty();

      restored.clock(NOW + 20_200);

      assertThat(restored.fired()).containsExactly(LONG_AGO + 20_000);
      assertThat(restored.watermark()).isLessThanOrEqualTo(LONG_AGO + 20_200);
    }
  }

  @Test
  void timeThatTheJobWasDownCountsWhenNothingHasComeForAWhile() throws Exception {
    OperatorSubtaskState saved = savedAt(LONG_AGO, LONG_AGO + 20_000);

    try (Subtask restored = new Subtask(saved, NOW + 3_600_000, true)) {
      restored.bothIdle();
      restored.clock(NOW + 3_600_000 + PATIENCE);
      assertThat(restored.fired()).isEmpty();
      assertThat(restored.watermark()).isEqualTo(LONG_AGO);

      restored.clock(NOW + 3_600_000 + PATIENCE + 400);

      assertThat(restored.fired()).containsExactly(LONG_AGO + 20_000);
    }
  }

  @Test
  void recordsAfterARestoreMoveEventTimeAndTheClockDoesNot() throws Exception {
    OperatorSubtaskState saved = savedAt(LONG_AGO, LONG_AGO + 20_000);

    try (Subtask restored = new Subtask(saved, NOW, true)) {
      restored.bothIdle();
      restored.harness.processWatermarkStatus1(WatermarkStatus.ACTIVE);
      restored.harness.processWatermark1(new Watermark(LONG_AGO + 5_000));
      restored.clock(NOW + 1_000_000);

      assertThat(restored.watermark()).isEqualTo(LONG_AGO + 5_000);
      assertThat(restored.fired()).isEmpty();
    }
  }

  @Test
  void inputThatFallsBehindTheClockDoesNotTurnEventTimeBack() throws Exception {
    OperatorSubtaskState saved = savedAt(LONG_AGO, LONG_AGO + 20_000);

    try (Subtask restored = new Subtask(saved, NOW, true)) {
      restored.clock(NOW + 1);
      restored.harness.processWatermarkStatus2(WatermarkStatus.IDLE);
      restored.harness.processWatermark1(new Watermark(LONG_AGO - 5_000));

      assertThat(restored.watermark()).isEqualTo(LONG_AGO);
    }
  }

  @Test
  void oneSilentInputDoesNotHoldTheOtherBack() throws Exception {
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.harness.processWatermarkStatus2(WatermarkStatus.IDLE);
      running.element(LONG_AGO + 10);

      running.harness.processWatermark1(new Watermark(LONG_AGO + 10));

      assertThat(running.fired()).containsExactly(LONG_AGO + 10);
    }
  }

  @Test
  void eventTimeGoesOnWhenBothInputsFallSilent() throws Exception {
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.element(LONG_AGO + 10_000);
      running.harness.processBothWatermarks(new Watermark(LONG_AGO));
      running.bothIdle();
      running.clock(NOW + 9_900);
      assertThat(running.fired()).isEmpty();

      running.clock(NOW + 10_200);

      assertThat(running.fired()).containsExactly(LONG_AGO + 10_000);
    }
  }

  @Test
  void jobThatNeverHadATimeWaits() throws Exception {
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.element(LONG_AGO);
      running.bothIdle();

      running.clock(NOW + 1_000_000);

      assertThat(running.fired()).isEmpty();
      assertThat(running.harness.snapshot(1, 1).getManagedOperatorState()).isNotNull();
    }
  }

  @Test
  void jobThatIsStoppedBeforeItHasATimeGoesOnFromItsFirstRecord() throws Exception {
    OperatorSubtaskState saved;
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.element(LONG_AGO + 20_000);
      running.harness.processElement2(LONG_AGO + 30_000, LONG_AGO);
      running.harness.processElement2(LONG_AGO + 40_000, LONG_AGO + 500);
      saved = running.harness.snapshot(1, 1);
    }

    try (Subtask restored = new Subtask(saved, NOW, true)) {
      restored.bothIdle();
      restored.clock(NOW + 1);
      assertThat(restored.watermark()).isEqualTo(LONG_AGO - 1);
      restored.clock(NOW + 30_400);

      assertThat(restored.fired()).containsExactly(LONG_AGO + 20_000, LONG_AGO + 30_000);
    }
  }

  @Test
  void whoComesNextNeverSeesALeadingOperatorIdle() throws Exception {
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.bothIdle();
      running.harness.processWatermarkStatus1(WatermarkStatus.ACTIVE);
      running.harness.processBothWatermarks(new Watermark(LONG_AGO));
      running.bothIdle();

      assertThat(running.statuses()).doesNotContain(WatermarkStatus.IDLE);
    }
  }

  @Test
  void whoComesNextSeesAnotherOneIdle() throws Exception {
    try (Subtask running = new Subtask(null, NOW, false)) {
      running.harness.processBothWatermarks(new Watermark(LONG_AGO));
      running.bothIdle();

      assertThat(running.statuses()).containsExactly(WatermarkStatus.IDLE);
    }
  }

  @Test
  void endOfTheInputIsNotWhereARestoredJobGoesOn() throws Exception {
    OperatorSubtaskState saved;
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.harness.processBothWatermarks(new Watermark(LONG_AGO));
      running.harness.processBothWatermarks(Watermark.MAX_WATERMARK);
      saved = running.harness.snapshot(1, 1);
    }

    try (Subtask restored = new Subtask(saved, NOW, true)) {
      restored.element(LONG_AGO + 1);
      restored.clock(NOW + 1);

      assertThat(restored.fired()).isEmpty();
      assertThat(restored.watermark()).isEqualTo(LONG_AGO);
    }
  }

  @Test
  void everySubtaskStartsFromTheLeastWatermark() throws Exception {
    OperatorSubtaskState both =
        AbstractStreamOperatorTestHarness.repackageState(
            savedAt(LONG_AGO + 700, LONG_AGO + 800), savedAt(LONG_AGO, LONG_AGO + 900));
    OperatorSubtaskState merged =
        AbstractStreamOperatorTestHarness.repartitionOperatorState(both, 128, 2, 1, 0);

    try (Subtask restored = new Subtask(merged, NOW, true)) {
      restored.clock(NOW + 1);

      assertThat(restored.watermark()).isEqualTo(LONG_AGO);
    }
  }

  /** State of an operator whose event time stood there, with a timer. */
  private static OperatorSubtaskState savedAt(long watermarkMillis, long timerMillis)
      throws Exception {
    try (Subtask running = new Subtask(null, NOW, true)) {
      running.element(timerMillis);
      running.harness.processBothWatermarks(new Watermark(watermarkMillis));
      return running.harness.snapshot(1, 1);
    }
  }

  /** Registers a timer at each element and says when it fires. */
  private static final class Timers extends KeyedCoProcessFunction<String, Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement1(Long time, Context context, Collector<Long> out) {
      context.timerService().registerEventTimeTimer(time);
    }

    @Override
    public void processElement2(Long time, Context context, Collector<Long> out) {
      context.timerService().registerEventTimeTimer(time);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out) {
      out.collect(timestamp);
    }
  }

  private static final class Subtask implements AutoCloseable {
    private final KeyedTwoInputStreamOperatorTestHarness<String, Long, Long, Long> harness;

    Subtask(@Nullable OperatorSubtaskState from, long nowMillis, boolean leads) throws Exception {
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new ClockedCoProcessOperator<>(new Timers(), Duration.ofMillis(SILENCE), leads),
              element -> "key",
              element -> "key",
              Types.STRING,
              128,
              1,
              0);
      harness.setProcessingTime(nowMillis);
      harness.setup();
      if (from != null) {
        harness.initializeState(from);
      }
      harness.open();
    }

    void element(long timerMillis) throws Exception {
      harness.processElement1(timerMillis, timerMillis);
    }

    void bothIdle() throws Exception {
      harness.processWatermarkStatus1(WatermarkStatus.IDLE);
      harness.processWatermarkStatus2(WatermarkStatus.IDLE);
    }

    void clock(long nowMillis) throws Exception {
      harness.setProcessingTime(nowMillis);
    }

    List<Long> fired() {
      return harness.extractOutputValues();
    }

    long watermark() {
      return harness.getOutput().stream()
          .filter(Watermark.class::isInstance)
          .mapToLong(mark -> ((Watermark) mark).getTimestamp())
          .reduce((first, second) -> second)
          .orElseThrow();
    }

    List<WatermarkStatus> statuses() {
      return harness.getOutput().stream()
          .filter(WatermarkStatus.class::isInstance)
          .map(WatermarkStatus.class::cast)
          .toList();
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
