package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.DAY;
import static io.waggle.jobs.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.item.ItemRates;
import io.waggle.state.item.ItemStatisticSettings;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Interaction;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemStatisticsFunctionTest {
  /** The clock at the start. */
  private static final long NOW = 1_800_000_000_000L;

  private static final FeatureConfig RATE =
      FeatureConfig.newBuilder()
          .setName("rate")
          .setItemStatistic(
              ItemStatisticFeature.newBuilder()
                  .setOf(InteractionFilter.newBuilder().addTypes("click"))
                  .setPer(InteractionFilter.newBuilder().addTypes("view"))
                  .setPrior(0.1)
                  .setHalfLife(Duration.newBuilder().setSeconds(DAY / 1000)))
          .build();

  static Surfaces surfaces(FeatureConfig... features) {
    return new Surfaces(
        List.of(
            Surface.of(
                SurfaceConfig.newBuilder()
                    .setName("shop")
                    .setLivePolicy("uniform")
                    .addPolicies(
                        PolicyConfig.newBuilder()
                            .setName("uniform")
                            .setUniform(UniformPolicy.getDefaultInstance()))
                    .setReward(RewardConfig.getDefaultInstance())
                    .addAllFeatures(List.of(features))
                    .build())));
  }

  @Test
  void theFirstInteractionIsWrittenAtOnceAndFurtherOnesOnceASecond() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (int i = 0; i < 100; i++) {
        harness.send(event("cup", "view", START + i));
      }
      assertThat(harness.written()).extracting(ItemStatistics::getVersion).containsExactly(1L);

      harness.clock(NOW + 999);
      assertThat(harness.written()).hasSize(1);

      harness.clock(NOW + 1_000);
      assertThat(harness.written())
          .extracting(ItemStatistics::getVersion)
          .containsExactly(1L, 100L);
      harness.clock(NOW + 60_000);
      assertThat(harness.written()).hasSize(2);
      assertThat(harness.count(ItemStatisticsFunction.COUNTED)).isEqualTo(100);
      assertThat(harness.count(ItemStatisticsFunction.WRITTEN)).isEqualTo(2);
    }
  }

  @Test
  void aClockThatWasSetBackHoldsNoRecordUp() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.send(event("cup", "view", START));
      OperatorSubtaskState snapshot = harness.snapshot();

      try (Harness after = new Harness(snapshot, NOW - DAY)) {
        after.send(event("cup", "view", START));

        assertThat(after.written()).hasSize(1);
      }
    }
  }

  @Test
  void anItemNobodyTouchedForTwentyHalfLivesIsForgottenAndSaidToBe() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.send(event("cup", "view", START));
      harness.send(event("cup", "view", START + 5 * DAY));

      harness.watermark(START + 20 * DAY);
      assertThat(harness.written()).hasSize(1);
      harness.watermark(START + 25 * DAY);

      assertThat(harness.written().get(1))
          .isEqualTo(ItemStatistics.newBuilder().setSurface("shop").setItemId("cup").build());
      assertThat(harness.count(ItemStatisticsFunction.FORGOTTEN)).isEqualTo(1);
      harness.clock(NOW + 10_000);
      assertThat(harness.written()).hasSize(2);
    }
  }

  @Test
  void drainingTheJobForgetsNothing() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.send(event("cup", "view", START));

      harness.watermark(Long.MAX_VALUE);

      assertThat(harness.written()).hasSize(1);
    }
  }

  @Test
  void itemsOfASurfaceThatDeclaresNoStatisticsAnyMoreLeave() throws Exception {
    OperatorSubtaskState snapshot;
    try (Harness before = new Harness(null)) {
      before.send(event("cup", "view", START));
      before.send(event("cup", "view", START));
      snapshot = before.snapshot();
    }
    try (Harness after = new Harness(snapshot, NOW, surfaces())) {
      after.clock(NOW + 1_000);
      after.watermark(START + 20 * DAY);

      assertThat(after.written()).extracting(ItemStatistics::getVersion).containsExactly(0L);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aCrashAtAnyPointAndAnyOrderOfArrivalGiveTheSameRates(long seed) throws Exception {
    Random random = new Random(seed);
    List<Interaction> history = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      history.add(
          event(
              "item-" + random.nextInt(4),
              random.nextInt(3) == 0 ? "click" : "view",
              START + random.nextInt((int) DAY)));
    }
    Map<String, ItemStatistics> undisturbed;
    try (Harness harness = new Harness(null)) {
      for (Interaction interaction : history) {
        harness.send(interaction);
      }
      harness.clock(NOW + 1_000);
      undisturbed = harness.newest();
    }

    Collections.shuffle(history, random);
    int checkpoint = random.nextInt(history.size());
    int crash = Math.min(history.size(), checkpoint + 40);
    OperatorSubtaskState snapshot;
    try (Harness before = new Harness(null)) {
      for (Interaction interaction : history.subList(0, checkpoint)) {
        before.send(interaction);
      }
      snapshot = before.snapshot();
      // What comes after the checkpoint is lost with the crash and read again.
      for (Interaction interaction : history.subList(checkpoint, crash)) {
        before.send(interaction);
      }
    }
    try (Harness after = new Harness(snapshot)) {
      for (Interaction interaction : history.subList(checkpoint, history.size())) {
        after.send(interaction);
      }
      after.clock(NOW + 1_000);

      assertThat(after.count(ItemStatisticsFunction.COUNTED)).isEqualTo(300);
      ItemStatisticSettings settings = ItemStatisticSettings.of(RATE);
      undisturbed.forEach(
          (item, expected) -> {
            ItemStatistics found = Objects.requireNonNull(after.newest().get(item), item);
            assertThat(found.getVersion()).as(item).isEqualTo(expected.getVersion());
            assertThat(ItemRates.rate(found, settings, "", START + 2 * DAY))
                .as("seed %d checkpoint %d", seed, checkpoint)
                .isCloseTo(
                    ItemRates.rate(expected, settings, "", START + 2 * DAY), Offset.offset(1e-12));
          });
    }
  }

  private static Interaction event(String item, String type, long timeMillis) {
    return Interaction.newBuilder()
        .setSurface("shop")
        .setUserId("u")
        .setItemId(item)
        .setType(type)
        .setEventTimeMillis(timeMillis)
        .build();
  }

  /** The operator on RocksDB, as in the job. */
  private static final class Harness implements AutoCloseable {
    private final ItemStatisticsFunction function;
    private final KeyedOneInputStreamOperatorTestHarness<String, Interaction, ItemStatistics>
        harness;

    Harness(@Nullable OperatorSubtaskState snapshot) throws Exception {
      this(snapshot, NOW);
    }

    Harness(@Nullable OperatorSubtaskState snapshot, long clockMillis) throws Exception {
      this(snapshot, clockMillis, surfaces(RATE));
    }

    Harness(@Nullable OperatorSubtaskState snapshot, long clockMillis, Surfaces surfaces)
        throws Exception {
      function = new ItemStatisticsFunction(surfaces);
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(function), ItemStatisticsFunction::key, Types.STRING);
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
      harness.setProcessingTime(clockMillis);
      harness.setup(
          ProtoTypeInformation.forMessage(ItemStatistics.class)
              .createSerializer(new ExecutionConfig().getSerializerConfig()));
      if (snapshot != null) {
        harness.initializeState(snapshot);
      }
      harness.open();
    }

    void send(Interaction interaction) throws Exception {
      harness.processElement(interaction, interaction.getEventTimeMillis());
    }

    void clock(long millis) throws Exception {
      harness.setProcessingTime(millis);
    }

    void watermark(long millis) throws Exception {
      harness.processWatermark(millis);
    }

    List<ItemStatistics> written() {
      return harness.extractOutputValues();
    }

    /** What a compacted topic would hold. */
    Map<String, ItemStatistics> newest() {
      Map<String, ItemStatistics> newest = new HashMap<>();
      written().forEach(each -> newest.put(each.getItemId(), each));
      return newest;
    }

    long count(String name) {
      return function.count("shop", name);
    }

    OperatorSubtaskState snapshot() throws Exception {
      return harness.snapshot(1, 1);
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
