package io.waggle.jobs.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.ModelSnapshot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPartStoreTest {
  private static final int TWO_PARTS = ModelParts.PART_BYTES + 1;

  private final InMemoryBroadcast state = new InMemoryBroadcast();
  private final List<Long> applied = new ArrayList<>();

  @Test
  void versionGoesIntoServiceWithItsLastPart() throws Exception {
    ModelPartStore store = store();
    List<ModelSnapshot> parts = parts("learned", 1, TWO_PARTS);

    assertThat(store.offer(parts.get(0))).isFalse();
    assertThat(store.offer(parts.get(1))).isTrue();

    assertThat(applied).containsExactly(1L);
    assertThat(state.entries).hasSize(2);
  }

  @Test
  void newerVersionReplacesTheOlderOneOnlyWhenItIsWhole() throws Exception {
    ModelPartStore store = store();
    offer(store, parts("learned", 1, TWO_PARTS));
    List<ModelSnapshot> newer = parts("learned", 2, TWO_PARTS);

    store.offer(newer.get(0));
    assertThat(versions()).containsExactly(1L, 1L, 2L);

    store.offer(newer.get(1));
    assertThat(versions()).containsExactly(2L, 2L);
  }

  @Test
  void restartWhileAVersionArrivesServesTheOneBeforeAndFinishesTheNewOne() throws Exception {
    ModelPartStore before = store();
    offer(before, parts("learned", 1, TWO_PARTS));
    List<ModelSnapshot> newer = parts("learned", 2, TWO_PARTS);
    before.offer(newer.get(0));
    applied.clear();

    ModelPartStore after = store();
    assertThat(applied).containsExactly(1L);

    assertThat(after.offer(newer.get(1))).isTrue();
    assertThat(applied).containsExactly(1L, 2L);
  }

  @Test
  void repeatsAndOlderVersionsChangeNothing() throws Exception {
    ModelPartStore store = store();
    offer(store, parts("learned", 2, 10));

    offer(store, parts("learned", 2, 10));
    offer(store, parts("learned", 1, 10));

    assertThat(applied).containsExactly(2L);
    assertThat(versions()).containsExactly(2L);
  }

  @Test
  void refusedVersionLeavesTheOneInServiceInTheState() throws Exception {
    ModelPartStore store = new ModelPartStore(state, model -> model.version() != 2);
    offer(store, parts("learned", 1, 10));

    offer(store, parts("learned", 2, 10));
    assertThat(versions()).containsExactly(1L, 2L);

    offer(store, parts("learned", 3, 10));
    assertThat(versions()).containsExactly(3L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void stateIsBoundedAndARestartAnywhereServesWhatWasServed(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Long> serving = new LinkedHashMap<>();
    ModelPartStore store = new ModelPartStore(state, model -> serve(serving, model));
    long version = 1;
    for (int i = 0; i < 60; i++) {
      String policy = random.nextBoolean() ? "learned" : "other";
      // Versions grow, as their one writer makes them; now and then one is written again.
      version += random.nextInt(3);
      List<ModelSnapshot> parts = parts(policy, version, version % 2 == 0 ? 10 : TWO_PARTS);
      // Now and then a part is lost, as when the writer died between two of them.
      for (ModelSnapshot part : parts) {
        if (random.nextInt(4) > 0) {
          store.offer(part);
        }
      }
      if (random.nextInt(5) == 0) {
        Map<String, Long> before = Map.copyOf(serving);
        serving.clear();
        store = new ModelPartStore(state, model -> serve(serving, model));
        assertThat(serving).as("seed %d step %d", seed, i).isEqualTo(before);
      }
      assertThat(state.entries).hasSizeLessThanOrEqualTo(2 * 2 * 2);
    }
    assertThat(serving).isNotEmpty();
  }

  @Test
  void aChangeStaysWithItsBaseSoThatARestartServesIt() throws Exception {
    ModelPartStore store = store();
    ServableModel full = learned(1, 3);
    ServableModel changed = learned(2, 4);
    byte[] change = new ModelDelta.Base(bytes(full)).changeTo(bytes(changed));
    offer(store, ModelParts.split(full));
    offer(store, ModelParts.splitChange(changed, 1, ByteString.copyFrom(change)));
    assertThat(applied).containsExactly(1L, 2L);
    assertThat(versions()).containsExactly(1L, 2L);

    applied.clear();
    store = store();
    assertThat(applied).containsExactly(1L, 2L);

    offer(store, ModelParts.split(learned(3, 5)));
    assertThat(versions()).containsExactly(3L);
  }

  @Test
  void aChangeThatComesBeforeItsBaseServesWithIt() throws Exception {
    ModelPartStore store = store();
    ServableModel full = learned(1, 3);
    ServableModel changed = learned(2, 4);
    byte[] change = new ModelDelta.Base(bytes(full)).changeTo(bytes(changed));

    offer(store, ModelParts.splitChange(changed, 1, ByteString.copyFrom(change)));
    store = store();
    offer(store, ModelParts.split(full));

    assertThat(applied).containsExactly(2L);
    assertThat(versions()).containsExactly(1L, 2L);
  }

  private static byte[] bytes(ServableModel model) {
    return model.bytes().toByteArray();
  }

  private static ServableModel learned(long version, int examples) throws Exception {
    String arguments = "--cb_explore_adf -b 8";
    Example example =
        new Example(List.of(), List.of(), List.of(Action.newBuilder().setId("a").build()));
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < examples; i++) {
        learner.learn(example, 0, -1, 0.5);
      }
      ByteString bytes = ByteString.copyFrom(learner.modelBytes());
      return new ServableModel("front", "learned", version, bytes, arguments, 1, version, 0, 0);
    }
  }

  private static boolean serve(Map<String, Long> serving, ServableModel model) {
    serving.put(model.policy(), model.version());
    return true;
  }

  private ModelPartStore store() throws Exception {
    return new ModelPartStore(state, model -> applied.add(model.version()));
  }

  private static void offer(ModelPartStore store, List<ModelSnapshot> parts) throws Exception {
    for (ModelSnapshot part : parts) {
      store.offer(part);
    }
  }

  private List<Long> versions() {
    return state.entries.values().stream().map(ModelSnapshot::getVersion).sorted().toList();
  }

  private static List<ModelSnapshot> parts(String policy, long version, int bytes) {
    byte[] model = new byte[bytes];
    new Random(version).nextBytes(model);
    return ModelParts.split(
        new ServableModel(
            "front",
            policy,
            version,
            ByteString.copyFrom(model),
            SessionFixture.LEARNER,
            version,
            version,
            0,
            0));
  }

  /** Flink's broadcast state without Flink. */
  private static final class InMemoryBroadcast implements BroadcastState<String, ModelSnapshot> {
    private final Map<String, ModelSnapshot> entries = new LinkedHashMap<>();

    @Override
    public void put(String key, ModelSnapshot value) {
      entries.put(key, value);
    }

    @Override
    public void putAll(Map<String, ModelSnapshot> map) {
      entries.putAll(map);
    }

    @Override
    public void remove(String key) {
      entries.remove(key);
    }

    @Override
    public Iterator<Map.Entry<String, ModelSnapshot>> iterator() {
      return entries.entrySet().iterator();
    }

    @Override
    public Iterable<Map.Entry<String, ModelSnapshot>> entries() {
      return entries.entrySet();
    }

    @Override
    public Iterable<Map.Entry<String, ModelSnapshot>> immutableEntries() {
      return Map.copyOf(entries).entrySet();
    }

    @Override
    public @Nullable ModelSnapshot get(String key) {
      return entries.get(key);
    }

    @Override
    public boolean contains(String key) {
      return entries.containsKey(key);
    }

    @Override
    public void clear() {
      entries.clear();
    }
  }
}
