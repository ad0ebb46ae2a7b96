package io.waggle.state.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPartsTest {
  private static final int PART = ModelParts.PART_BYTES;

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1048575, 1", "1048576, 1", "1048577, 2", "2097152, 2", "3000000, 3"})
  void aModelIsCutIntoPartsOfAtMostOneMebibyte(int bytes, int parts) {
    List<ModelSnapshot> split = ModelParts.split(model("live", 1, bytes, 7));

    assertThat(split).hasSize(parts);
    assertThat(split).allMatch(part -> part.getData().size() <= PART);
    assertThat(split).allMatch(part -> part.getParts() == parts && part.getModelBytes() == bytes);
    assertThat(split.stream().mapToInt(part -> part.getData().size()).sum()).isEqualTo(bytes);
  }

  @Test
  void theChecksumIsCrc32c() {
    // The check value of CRC-32C (Castagnoli) in the catalogue of parametrised CRCs.
    assertThat(ModelParts.checksum(ByteString.copyFrom("123456789", StandardCharsets.UTF_8)))
        .isEqualTo(0xE3069283);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatWasSplitComesBackWholeInAnyOrder(long seed) {
    Random random = new Random(seed);
    ServableModel model = model("live", 10, random.nextInt(4 * PART), seed);
    List<ModelSnapshot> parts = new ArrayList<>(ModelParts.split(model));
    parts.addAll(List.copyOf(parts).subList(0, random.nextInt(parts.size())));
    Collections.shuffle(parts, random);
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    List<ServableModel> whole = offer(assembler, parts);

    assertThat(whole).containsExactly(model);
    assertThat(assembler.damaged()).isZero();
  }

  @Test
  void anEmptyModelIsOnePart() {
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    assertThat(offer(assembler, ModelParts.split(model("live", 1, 0, 1)))).hasSize(1);
  }

  @Test
  void policiesAreAssembledIndependently() {
    List<ModelSnapshot> live = ModelParts.split(model("live", 1, 2 * PART, 1));
    List<ModelSnapshot> candidate = ModelParts.split(model("candidate", 9, 2 * PART, 2));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    assertThat(
            offer(assembler, List.of(live.get(0), candidate.get(0), candidate.get(1), live.get(1))))
        .extracting(ServableModel::policy)
        .containsExactly("candidate", "live");
  }

  @Test
  void aNewerVersionReplacesAnIncompleteOne() {
    List<ModelSnapshot> older = ModelParts.split(model("live", 1, 2 * PART, 1));
    List<ModelSnapshot> newer = ModelParts.split(model("live", 2, 2 * PART, 2));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    assertThat(offer(assembler, List.of(older.get(0), newer.get(1), older.get(1), newer.get(0))))
        .extracting(ServableModel::version)
        .containsExactly(2L);
    assertThat(assembler.damaged()).isZero();
  }

  @Test
  void versionsUpToTheLastWholeOneAreIgnored() {
    ServableModel model = model("live", 5, 100, 1);
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);
    offer(assembler, ModelParts.split(model));

    assertThat(offer(assembler, ModelParts.split(model))).isEmpty();
    assertThat(offer(assembler, ModelParts.split(model("live", 4, 100, 2)))).isEmpty();
    assertThat(offer(assembler, ModelParts.split(model("live", 6, 100, 3)))).hasSize(1);
    assertThat(assembler.damaged()).isZero();
  }

  @Test
  void afterCompactionTheStalePartsOfLargerVersionsDoNoHarm() {
    List<ModelSnapshot> large = ModelParts.split(model("live", 1, 3 * PART, 1));
    List<ModelSnapshot> small = ModelParts.split(model("live", 2, 2 * PART, 2));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    assertThat(offer(assembler, List.of(large.get(2), small.get(0), small.get(1)))).hasSize(1);
    assembler = new ModelAssembler(ByteString::concat);
    assertThat(offer(assembler, List.of(small.get(0), large.get(2), small.get(1)))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anAlteredModelIsDroppedCountedOnceAndTheNextVersionIsTaken(long seed) {
    Random random = new Random(seed);
    List<ModelSnapshot> parts =
        new ArrayList<>(ModelParts.split(model("live", 1, PART + 1 + random.nextInt(PART), seed)));
    int index = random.nextInt(parts.size());
    parts.set(index, altered(parts.get(index), random));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    assertThat(offer(assembler, parts)).isEmpty();
    assertThat(assembler.damaged()).isEqualTo(1);
    ServableModel next = model("live", 2, PART + 5, seed);
    assertThat(offer(assembler, ModelParts.split(next))).containsExactly(next);
    assertThat(assembler.damaged()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void interleavedVersionsAndBrokenPartsNeverGiveAWrongModel(long seed) {
    Random random = new Random(seed);
    List<ServableModel> models = new ArrayList<>();
    List<ModelSnapshot> parts = new ArrayList<>();
    for (int version = 1; version <= 8; version++) {
      ServableModel model = model("live", version, 1 + random.nextInt(3 * PART), random.nextInt());
      models.add(model);
      List<ModelSnapshot> split = new ArrayList<>(ModelParts.split(model));
      Collections.shuffle(split, random);
      split.forEach(part -> parts.add(Math.max(0, parts.size() - random.nextInt(3)), part));
    }
    ServableModel last = models.get(models.size() - 1);
    for (int i = 0; i < 6; i++) {
      int at = random.nextInt(parts.size() - 4);
      if (parts.get(at).getVersion() < last.version()) {
        parts.set(at, altered(parts.get(at), random));
      }
    }
    parts.addAll(ModelParts.split(last));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);

    List<ServableModel> whole = offer(assembler, parts);

    assertThat(models).containsAll(whole);
    assertThat(whole).extracting(ServableModel::version).isSorted().doesNotHaveDuplicates();
    assertThat(whole).contains(last);
  }

  @Test
  void aBrokenPartIsDroppedAndTheVersionAtHandGoesOn() {
    List<ModelSnapshot> parts = ModelParts.split(model("live", 3, 2 * PART, 1));
    ModelSnapshot part = parts.get(0);
    List<ModelSnapshot> broken =
        List.of(
            part.toBuilder().setVersion(0).build(),
            part.toBuilder().setVersion(-1).build(),
            part.toBuilder().setVersion(Long.MAX_VALUE).setPart(2).build(),
            part.toBuilder().setPart(-1).build(),
            part.toBuilder().setParts(0).build(),
            part.toBuilder().setParts(3).build(),
            part.toBuilder().setModelBytes(-1).build(),
            part.toBuilder().setModelBytes(Long.MAX_VALUE).setParts(Integer.MAX_VALUE).build(),
            part.toBuilder().setData(part.getData().substring(1)).build());
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);
    assembler.offer(part);

    assertThat(offer(assembler, broken)).isEmpty();
    assertThat(assembler.damaged()).isEqualTo(broken.size());
    assertThat(assembler.offer(parts.get(1))).isPresent();
  }

  @Test
  void partsThatDoNotBelongTogetherDropTheirVersion() {
    List<ModelSnapshot> parts = ModelParts.split(model("live", 3, 2 * PART, 1));
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);
    assembler.offer(parts.get(0));

    assertThat(assembler.offer(parts.get(1).toBuilder().setEventsLearned(1).build())).isEmpty();
    assertThat(assembler.damaged()).isEqualTo(1);
    assertThat(offer(assembler, parts)).isEmpty();
    assertThat(assembler.damaged()).isEqualTo(1);
  }

  @Test
  void morePoliciesThanTheBoundAreNotKept() {
    ModelAssembler assembler = new ModelAssembler(ByteString::concat);
    for (int i = 0; i < ModelAssembler.POLICIES_BOUND; i++) {
      assertThat(offer(assembler, ModelParts.split(model("p" + i, 1, 1, 1)))).hasSize(1);
    }

    assertThat(offer(assembler, ModelParts.split(model("one more", 1, 1, 1)))).isEmpty();
    assertThat(assembler.damaged()).isEqualTo(1);
    assertThat(offer(assembler, ModelParts.split(model("p0", 2, 1, 1)))).hasSize(1);
  }

  private static List<ServableModel> offer(ModelAssembler assembler, List<ModelSnapshot> parts) {
    return parts.stream().map(assembler::offer).flatMap(Optional::stream).toList();
  }

  /** One bit of the data flipped. */
  private static ModelSnapshot altered(ModelSnapshot part, Random random) {
    byte[] data = part.getData().toByteArray();
    data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
    return part.toBuilder().setData(ByteString.copyFrom(data)).build();
  }

  private static ServableModel model(String policy, long version, int bytes, long seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return new ServableModel(
        "front",
        policy,
        version,
        ByteString.copyFrom(data),
        "--cb_explore_adf",
        version * 10,
        version * 1000,
        version - 1,
        version * 1000 - 5,
        ModelLineage.newBuilder().setVersion(version).setEventsLearned(version * 10).build());
  }
}
