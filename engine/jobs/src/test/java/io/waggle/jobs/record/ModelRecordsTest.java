package io.waggle.jobs.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRecordsTest {
  private static final String ARGUMENTS = "--cb_explore_adf -q ca -b 18";
  private static final long START = 1_700_000_000_000L;

  private final VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null);
  private final Random random = new Random(1);
  private long newestVersion;

  @AfterEach
  void close() {
    learner.close();
  }

  @Test
  void aSmallChangeIsToldAsAChangeOfTheLastFullVersion() throws Exception {
    ModelRecords records = new ModelRecords();
    ServableModel full = learned(3_000, START);

    assertThat(bases(records.of(full))).containsExactly(0L);
    ServableModel next = learned(5, START + 500);
    List<ModelSnapshot> told = records.of(next);
    assertThat(bases(told)).containsExactly(full.version());
    assertThat(told.get(0).getData().size()).isLessThan(next.bytes().size() / 2);
    assertThat(bases(records.of(learned(5, START + 1_000)))).containsExactly(full.version());
  }

  @Test
  void aLargeChangeAnOldBaseAndASmallModelAreToldWhole() throws Exception {
    ModelRecords records = new ModelRecords();
    assertThat(bases(records.of(learned(5, START)))).containsExactly(0L);
    assertThat(bases(records.of(learned(5, START + 500)))).containsExactly(0L);
    assertThat(bases(records.of(learned(3_000, START + 1_000)))).containsOnly(0L);
    assertThat(bases(records.of(learned(3_000, START + 1_500)))).containsOnly(0L);
    long old = START + 1_500 + ModelRecords.FULL_EVERY_MILLIS;
    assertThat(bases(records.of(learned(1, old)))).containsOnly(0L);
    assertThat(bases(records.of(learned(1, old + 1)))).doesNotContain(0L);
  }

  @Test
  void afterARestartAndAfterARollbackAVersionIsToldWhole() throws Exception {
    ModelRecords records = new ModelRecords();
    ServableModel first = learned(3_000, START);
    records.of(first);
    records.of(learned(1, START + 500));

    ServableModel rolledBack = withParent(learned(1, START + 1_000), first.version());
    assertThat(bases(records.of(rolledBack))).containsOnly(0L);
    assertThat(bases(new ModelRecords().of(learned(1, START + 1_500)))).containsOnly(0L);
  }

  @Test
  void aDivergedModelIsToldWhole() throws Exception {
    ModelRecords records = new ModelRecords();
    records.of(learned(3_000, START));
    ServableModel broken = model(ByteString.copyFrom(new byte[50_000]), START + 500);

    assertThat(bases(records.of(broken))).containsOnly(0L);
    assertThat(bases(records.of(learned(1, START + 1_000)))).containsOnly(0L);
  }

  /** Parts lost, repeated and in any order, writers and readers restarted: never a wrong model. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void readersOnlyEverHoldVersionsAsTheyWerePublished(long seed) throws Exception {
    Random faults = new Random(seed);
    Map<Long, ByteString> published = new HashMap<>();
    ModelRecords records = new ModelRecords();
    ModelAssembler reader = ModelChanges.assembler();
    List<ModelSnapshot> underWay = new ArrayList<>();
    long held = 0;
    int changes = 0;
    learned(1_500, START);
    for (int i = 0; i < 60; i++) {
      ServableModel model = learned(1 + faults.nextInt(5), START + i * 3_000L);
      published.put(model.version(), model.bytes());
      if (faults.nextInt(12) == 0) {
        records = new ModelRecords();
      }
      for (ModelSnapshot part : records.of(model)) {
        changes += part.getBaseVersion() == 0 ? 0 : 1;
        for (int copies = faults.nextInt(6) == 0 ? faults.nextInt(3) : 1; copies > 0; copies--) {
          underWay.add(Math.max(0, underWay.size() - faults.nextInt(4)), part);
        }
      }
      if (faults.nextInt(10) == 0) {
        reader = ModelChanges.assembler();
        held = 0;
      }
      while (underWay.size() > faults.nextInt(6)) {
        held = hold(reader.offer(underWay.remove(0)), published, held);
      }
    }

    assertThat(changes).isPositive();
    ServableModel last = learned(1, START + 1_000_000);
    published.put(last.version(), last.bytes());
    for (ModelSnapshot part : new ModelRecords().of(last)) {
      held = hold(reader.offer(part), published, held);
    }
    assertThat(held).isEqualTo(last.version());
    assertThat(reader.damaged()).isZero();
  }

  private static long hold(
      Optional<ServableModel> whole, Map<Long, ByteString> published, long held) {
    if (whole.isEmpty()) {
      return held;
    }
    long version = whole.get().version();
    assertThat(version).isGreaterThan(held);
    assertThat(whole.get().bytes()).isEqualTo(published.get(version));
    return version;
  }

  private static List<Long> bases(List<ModelSnapshot> parts) {
    return parts.stream().map(ModelSnapshot::getBaseVersion).distinct().toList();
  }

  private ServableModel learned(int events, long nowMillis) throws Exception {
    for (int i = 0; i < events; i++) {
      learner.learn(example(random.nextInt(500)), random.nextInt(3), -random.nextInt(2), 0.3);
    }
    return model(ByteString.copyFrom(learner.modelBytes()), nowMillis);
  }

  private ServableModel model(ByteString bytes, long nowMillis) {
    long parent = newestVersion;
    newestVersion = Math.max(nowMillis, parent + 1);
    return new ServableModel(
        "home", "learner", newestVersion, bytes, ARGUMENTS, 1, nowMillis, parent, 0);
  }

  private static ServableModel withParent(ServableModel model, long parent) {
    return new ServableModel(
        model.surface(),
        model.policy(),
        model.version(),
        model.bytes(),
        model.arguments(),
        model.eventsLearned(),
        model.createdMillis(),
        parent,
        0);
  }

  private static Example example(int user) {
    Feature feature =
        Feature.newBuilder()
            .setName("user")
            .setValue(FeatureValue.newBuilder().setText("u" + user))
            .build();
    return new Example(
        List.of(Namespace.newBuilder().setName("context").addFeatures(feature).build()),
        List.of(),
        List.of(action("a"), action("b"), action("c")));
  }

  private static Action action(String id) {
    return Action.newBuilder().setId(id).build();
  }
}
