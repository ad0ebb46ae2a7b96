package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Control;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.WriterEpoch;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several learning jobs write models at once, each with a clock of its own, some of them long after
 * another was put in charge; services follow in every order. No follower's models ever go back in
 * epoch, and all end with the same.
 */
final class FencedFollowersTest {
  private static final long NOW = 1_750_000_000_000L;
  private static final int STEPS = 120;

  @TempDir private Path directory;
  private final List<ConsumerRecord<byte[], byte[]>> models = new ArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> control = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void noFollowerGoesBackInEpochAndAllEndAlike(long seed) {
    Random random = new Random(seed);
    write(random);
    long last = newestOfTheLargestEpoch();

    try (Follower one = new Follower(directory.resolve("one"));
        Follower other = new Follower(directory.resolve("other"));
        Follower late = new Follower(directory.resolve("late"));
        Follower deaf = new Follower(directory.resolve("deaf"))) {
      one.readAll(models, control, random);
      other.readAll(models, control, random);
      late.readAll(compacted(models), compacted(control), random);
      deaf.readAll(models, List.of(), random);

      assertThat(List.of(one, other, late, deaf))
          .as("seed %d", seed)
          .allSatisfy(
              follower -> {
                assertThat(follower.adopted).isNotEmpty().isSorted();
                assertThat(follower.adopted.stream().map(ModelVersions::epoch).toList()).isSorted();
                assertThat(follower.adopted.get(follower.adopted.size() - 1)).isEqualTo(last);
              });
    }
  }

  /** Jobs of epochs 0 to 3; each is put in charge once, and none of them knows when to stop. */
  private void write(Random random) {
    long[] newest = new long[4];
    long[] clocks = new long[4];
    for (int i = 0; i < clocks.length; i++) {
      clocks[i] = NOW + random.nextInt(2_000_000) - 1_000_000;
    }
    int inCharge = 0;
    for (int step = 0; step < STEPS; step++) {
      if (inCharge < 3 && step >= (inCharge + 1) * STEPS / 4) {
        inCharge++;
        control.add(inCharge(inCharge));
      }
      int writer = random.nextInt(inCharge + 1);
      clocks[writer] += random.nextInt(1_000);
      newest[writer] = ModelVersions.next(writer, newest[writer], clocks[writer]);
      // Whoever was fenced may also stop in the middle of a version.
      List<ModelSnapshot> parts = ModelParts.split(model(newest[writer], random));
      int sent = writer == inCharge ? parts.size() : 1 + random.nextInt(parts.size());
      parts.subList(0, sent).forEach(part -> models.add(record(part)));
    }
    newest[3] = ModelVersions.next(3, newest[3], clocks[3]);
    ModelParts.split(model(newest[3], random)).forEach(part -> models.add(record(part)));
    newest[0] = ModelVersions.next(0, newest[0], clocks[0] + 10_000_000);
    ModelParts.split(model(newest[0], random)).forEach(part -> models.add(record(part)));
  }

  private long newestOfTheLargestEpoch() {
    return models.stream().mapToLong(record -> read(record).getVersion()).max().orElseThrow();
  }

  /** What the broker keeps: the newest of each key, in the order of the log. */
  private static List<ConsumerRecord<byte[], byte[]>> compacted(
      List<ConsumerRecord<byte[], byte[]>> log) {
    Map<String, ConsumerRecord<byte[], byte[]>> newest = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : log) {
      String key = new String(record.key(), UTF_8);
      newest.remove(key);
      newest.put(key, record);
    }
    return List.copyOf(newest.values());
  }

  /** A service's copies of both topics. */
  private static final class Follower implements AutoCloseable {
    private final KeyValueView modelStore;
    private final KeyValueView controlStore;
    private final ModelView models;
    private final ControlView control;
    private final List<Long> adopted = new ArrayList<>();

    Follower(Path directory) {
      ServerMetrics metrics = new ServerMetrics(new SimpleMeterRegistry());
      WriterFence fence = new WriterFence(metrics);
      FollowedSurfaces surfaces = new FollowedSurfaces(surfaces(), metrics);
      modelStore = KeyValueView.open(directory.resolve("models"));
      controlStore = KeyValueView.open(directory.resolve("control"));
      control = new ControlView(controlStore, surfaces, fence, metrics.view("control"));
      models =
          new ModelView(
              modelStore,
              model -> adopted.add(model.version()),
              fence,
              part -> {},
              metrics.view("models"),
              metrics.rewardToServing(),
              InstantSource.system());
      surfaces.onChange(models::follow);
    }

    /** Each topic in its order, the two in any. */
    void readAll(
        List<ConsumerRecord<byte[], byte[]>> ofModels,
        List<ConsumerRecord<byte[], byte[]>> ofControl,
        Random random) {
      int model = 0;
      int said = 0;
      while (model < ofModels.size() || said < ofControl.size()) {
        boolean takesControl =
            model == ofModels.size() || (said < ofControl.size() && random.nextInt(20) == 0);
        if (takesControl) {
          control.applied(List.of(ofControl.get(said++)), true);
        } else {
          int end = Math.min(ofModels.size(), model + 1 + random.nextInt(4));
          models.applied(ofModels.subList(model, end), true);
          model = end;
        }
      }
    }

    @Override
    public void close() {
      modelStore.close();
      controlStore.close();
    }
  }

  private static Surfaces surfaces() {
    return new Surfaces(
        List.of(
            Surface.of(
                SurfaceConfig.newBuilder()
                    .setName("front")
                    .setLivePolicy("learner")
                    .setReward(RewardConfig.getDefaultInstance())
                    .addPolicies(
                        PolicyConfig.newBuilder()
                            .setName("learner")
                            .setUniform(UniformPolicy.getDefaultInstance()))
                    .build())));
  }

  private static ServableModel model(long version, Random random) {
    int bytes = random.nextInt(4) == 0 ? ModelParts.PART_BYTES + 10 : 10;
    return new ServableModel(
        "front",
        "learner",
        version,
        ByteString.copyFrom(new byte[bytes]),
        "--cb_explore_adf",
        1,
        ModelVersions.millis(version),
        0,
        0);
  }

  private static ModelSnapshot read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return ModelSnapshot.parseFrom(record.value());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ConsumerRecord<byte[], byte[]> record(ModelSnapshot part) {
    String key =
        Topics.modelKey("front", "learner", ModelVersions.epoch(part.getVersion()), part.getPart());
    return new ConsumerRecord<>(Topics.MODELS, 0, 0, key.getBytes(UTF_8), part.toByteArray());
  }

  private static ConsumerRecord<byte[], byte[]> inCharge(long epoch) {
    Control control =
        Control.newBuilder()
            .setCreatedMillis(NOW)
            .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch))
            .build();
    return new ConsumerRecord<>(
        Topics.CONTROL,
        0,
        0,
        Topics.writerEpochControlKey(epoch).getBytes(UTF_8),
        control.toByteArray());
  }
}
