package io.waggle.jobs.log;

import static io.waggle.jobs.TestRecords.decision;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.DecisionLogCounts;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowHoldFunctionTest {
  private static final long HOUR = 3_600_000;
  private static final long MADE = 500_000 * HOUR;
  private static final long ROLL = 60_000;

  private final List<JoinedDecision> written = new ArrayList<>();

  @Test
  void rowsWaitUntilTheirFileIsDue() throws Exception {
    try (Hold hold = new Hold(null)) {
      hold.rows(0, 3);
      hold.clock(ROLL - 1);
      assertThat(hold.written()).isEmpty();
      assertThat(hold.counts().getDecisionLogWaiting()).isEqualTo(3);

      hold.clock(ROLL);

      assertThat(hold.written()).containsExactlyElementsOf(rows(0, 3));
      assertThat(hold.counts().getDecisionLogRows()).isEqualTo(3);
      assertThat(hold.counts().getDecisionLogWaiting()).isZero();
    }
  }

  @Test
  void nothingIsLeftOnceTheRowsAreWritten() throws Exception {
    try (Hold hold = new Hold(null)) {
      hold.rows(0, 3);
      hold.clock(ROLL);

      assertThat(hold.harness.numKeyedStateEntries()).isZero();
      assertThat(hold.harness.numProcessingTimeTimers()).isZero();
      assertThat(hold.harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void enoughBytesDoNotWait() throws Exception {
    int enough = 0;
    for (int bytes = 0; bytes < 64 << 10; enough++) {
      bytes += row(enough).getSerializedSize();
    }
    try (Hold hold = new Hold(null)) {
      hold.rows(0, enough - 1);
      hold.clock(1);
      assertThat(hold.written()).isEmpty();

      hold.rows(enough - 1, 3);
      hold.clock(2);

      assertThat(hold.written()).containsExactlyElementsOf(rows(0, enough));
      hold.clock(2 + ROLL);
      assertThat(hold.written()).containsExactlyElementsOf(rows(0, enough + 2));
    }
  }

  @Test
  void manyRowsGoOnInBatchesInTheirOrder() throws Exception {
    int many = 2 * RowHoldFunction.BATCH + 7;
    try (Hold hold = new Hold(null, 1 << 30)) {
      hold.rows(0, many);
      hold.clock(ROLL);

      assertThat(hold.written()).containsExactlyElementsOf(rows(0, many));
      assertThat(hold.harness.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void eachPartitionHasItsOwnTime() throws Exception {
    try (Hold hold = new Hold(null)) {
      hold.take(row(0));
      hold.clock(ROLL / 2);
      hold.take(row(1, MADE + HOUR));

      hold.clock(ROLL);
      assertThat(hold.written()).containsExactly(row(0));

      hold.clock(2 * ROLL);
      assertThat(hold.written()).containsExactly(row(0), row(1, MADE + HOUR));
    }
  }

  @Test
  void restartAnywhereLosesAndRepeatsNothing() throws Exception {
    for (long stop = 0; stop <= ROLL; stop += ROLL / 4) {
      List<JoinedDecision> all = new ArrayList<>();
      OperatorSubtaskState saved;
      try (Hold hold = new Hold(null)) {
        hold.rows(0, 600);
        hold.clock(stop);
        saved = hold.harness.snapshot(1, 1);
        all.addAll(hold.written());
      }
      try (Hold hold = new Hold(saved)) {
        hold.rows(600, 10);
        hold.clock(3 * ROLL);
        all.addAll(hold.written());

        assertThat(hold.counts().getDecisionLogRows()).isEqualTo(610);
        assertThat(hold.counts().getDecisionLogWaiting()).isZero();
      }

      assertThat(all).containsExactlyElementsOf(rows(0, 610));
    }
  }

  @Test
  void allRowsGoOnAtTheEndOfTheStream() throws Exception {
    try (Hold hold = new Hold(null)) {
      hold.rows(0, 3);

      hold.harness.processWatermark(Watermark.MAX_WATERMARK);

      assertThat(hold.written()).containsExactlyElementsOf(rows(0, 3));
    }
  }

  @Test
  void decisionsWithoutFeaturesAreCountedAndNoRows() throws Exception {
    JoinedDecision bare =
        row(0).toBuilder().clearFeatures().setDecision(row(0).getDecision()).build();
    try (Hold hold = new Hold(null)) {
      hold.take(bare);
      hold.clock(ROLL);

      assertThat(hold.written()).isEmpty();
      assertThat(hold.counts().getDecisionLogIncomplete()).isEqualTo(1);
    }
  }

  @Test
  void onlyWhatIsCompleteIsARow() throws Exception {
    RowFilter filter = new RowFilter();
    JoinedDecision whole =
        JoinedDecision.newBuilder()
            .setDecision(decision("home", "d", MADE, 0))
            .setReward(1)
            .build();

    for (JoinStage stage :
        List.of(
            JoinStage.JOIN_STAGE_SHOWN,
            JoinStage.JOIN_STAGE_REWARDED,
            JoinStage.JOIN_STAGE_CLOSED,
            JoinStage.JOIN_STAGE_UNSPECIFIED)) {
      filter.flatMap(whole.toBuilder().setStage(stage).build(), new ListCollector<>(written));
    }

    assertThat(written)
        .isEqualTo(Collections.nCopies(2, PackedFeatures.pack(whole)))
        .allSatisfy(row -> assertThat(PackedFeatures.decision(row)).isEqualTo(whole.getDecision()));
  }

  private static List<JoinedDecision> rows(int first, int count) {
    List<JoinedDecision> rows = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      rows.add(row(i));
    }
    return rows;
  }

  private static JoinedDecision row(int index) {
    return row(index, MADE + index);
  }

  private static JoinedDecision row(int index, long madeMillis) {
    return PackedFeatures.pack(
        JoinedDecision.newBuilder()
            .setDecision(decision("home", "d" + index, madeMillis, 0))
            .build());
  }

  /** One subtask. */
  private static final class Hold implements AutoCloseable {
    private final RowHoldFunction function;
    private final KeyedOneInputStreamOperatorTestHarness<String, JoinedDecision, JoinedDecision>
        harness;

    Hold(@Nullable OperatorSubtaskState from) throws Exception {
      this(from, 64 << 10);
    }

    Hold(@Nullable OperatorSubtaskState from, long rollBytes) throws Exception {
      Surfaces surfaces = TestSurfaces.named("home");
      function =
          new RowHoldFunction(
              surfaces,
              new DecisionLogSettings(
                  URI.create("file:///log"), Duration.ofMillis(ROLL), rollBytes));
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(function),
              DecisionLogSink::partition,
              Types.STRING,
              JobEnvironment.MAX_PARALLELISM,
              1,
              0);
      harness.setup(
          ProtoTypeInformation.forMessage(JoinedDecision.class)
              .createSerializer(new SerializerConfigImpl()));
      if (from != null) {
        harness.initializeState(from);
      }
      harness.open();
    }

    void rows(int first, int count) throws Exception {
      for (JoinedDecision row : RowHoldFunctionTest.rows(first, count)) {
        take(row);
      }
    }

    void take(JoinedDecision row) throws Exception {
      harness.processElement(row, row.getDecision().getEventTimeMillis());
    }

    void clock(long millis) throws Exception {
      harness.setProcessingTime(millis);
    }

    List<JoinedDecision> written() {
      return harness.extractOutputValues();
    }

    DecisionLogCounts counts() {
      return function.counts().get(0);
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
