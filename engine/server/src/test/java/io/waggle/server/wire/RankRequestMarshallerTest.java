package io.waggle.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.StatusRuntimeException;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Slot;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is read as protobuf reads it; an action that comes again is the same object. */
class RankRequestMarshallerTest {
  private static final int REQUESTS = 200;
  private static final int ARTICLES = 12;

  private final KnownActions actions = new KnownActions();
  private final RankRequestMarshaller marshaller = new RankRequestMarshaller(actions);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatProtobufReads(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < REQUESTS; i++) {
      byte[] bytes = inPieces(random);

      assertThat(marshaller.read(bytes)).isEqualTo(RankRequest.parseFrom(bytes));
    }
    assertThat(actions.known()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void refusesWhatProtobufRefuses(long seed) {
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < REQUESTS; i++) {
      byte[] bytes = inPieces(random);
      byte[] broken = broken(bytes, random);

      Optional<RankRequest> expected = read(RankRequest::parseFrom, broken);
      assertThat(read(marshaller::read, broken)).isEqualTo(expected);
      refused += expected.isEmpty() ? 1 : 0;
    }
    assertThat(refused).isBetween(1, REQUESTS - 1);
  }

  @Test
  void anActionIsKnownFromItsSecondTimeOn() throws Exception {
    byte[] bytes = RankRequest.newBuilder().addActions(article(1)).build().toByteArray();

    Action first = marshaller.read(bytes).getActions(0);
    Action second = marshaller.read(bytes).getActions(0);
    Action third = marshaller.read(bytes).getActions(0);

    assertThat(second).isEqualTo(first).isNotSameAs(first);
    assertThat(third).isSameAs(second);
    assertThat(actions.parsed()).isEqualTo(2);
    assertThat(actions.known()).isEqualTo(1);
  }

  @Test
  void anActionWithAnotherFeatureIsAnother() throws Exception {
    Action cheap = priced(1.0);
    Action dear = priced(2.0);
    byte[] both = RankRequest.newBuilder().addActions(cheap).addActions(dear).build().toByteArray();

    for (int i = 0; i < 3; i++) {
      assertThat(marshaller.read(both).getActionsList()).containsExactly(cheap, dear);
    }
  }

  @Test
  void actionsOfOneChecksumAreNotTakenForEachOther() throws Exception {
    List<Action> two = ofOneChecksum();
    byte[] both = RankRequest.newBuilder().addAllActions(two).build().toByteArray();

    for (int i = 0; i < 4; i++) {
      assertThat(marshaller.read(both).getActionsList()).isEqualTo(two);
    }
    byte[] first = RankRequest.newBuilder().addActions(two.get(0)).build().toByteArray();
    for (int i = 0; i < 3; i++) {
      assertThat(marshaller.read(first).getActionsList()).containsExactly(two.get(0));
    }
    assertThat(marshaller.read(both).getActionsList()).isEqualTo(two);
    assertThat(actions.known()).isPositive();
  }

  /**
   * Two of as many bytes: of 2^18 random ones, of 2^32 checksums, some eight pairs have the same.
   */
  private static List<Action> ofOneChecksum() {
    Random random = new Random(1);
    Map<Long, Action> known = new HashMap<>();
    for (int i = 0; i < 1 << 18; i++) {
      Action action = Action.newBuilder().setId("%016x".formatted(random.nextLong())).build();
      CRC32C checksum = new CRC32C();
      checksum.update(action.toByteArray());
      Action other = known.put(checksum.getValue(), action);
      if (other != null && !other.equals(action)) {
        return List.of(other, action);
      }
    }
    throw new AssertionError("no two actions have the same checksum");
  }

  @Test
  void anActionThatKeepsTheRulesIsLookedThroughOnce() throws Exception {
    byte[] bytes = RankRequest.newBuilder().addActions(article(1)).build().toByteArray();
    List<Action> looked = new ArrayList<>();
    Predicate<Action> rules = looked::add;
    for (int i = 0; i < 5; i++) {
      assertThat(actions.isValid(marshaller.read(bytes).getActions(0), rules)).isTrue();
    }
    assertThat(looked).as("until it was known, and then once").hasSize(2);

    assertThat(actions.isValid(article(1), action -> false)).as("equal, not it").isFalse();
  }

  @Test
  void anActionThatBreaksARuleIsRefusedHoweverOftenItComes() throws Exception {
    MessageRules rules = new MessageRules(actions);
    byte[] bytes =
        RankRequest.newBuilder()
            .setSurface("front")
            .addActions(article(1))
            .addActions(priced(Double.NaN))
            .build()
            .toByteArray();

    for (int i = 0; i < 4; i++) {
      assertThat(rules.check(marshaller.read(bytes)))
          .extracting(Violation::field)
          .contains("actions[1].namespaces[0].features[0].value.number");
    }
  }

  @Test
  void theBytesOfAKnownActionAreThoseItWasReadFrom() throws Exception {
    Action article = article(1);
    byte[] bytes = RankRequest.newBuilder().addActions(article).build().toByteArray();
    Action first = marshaller.read(bytes).getActions(0);

    assertThat(actions.bytes(first)).isNull();
    assertThat(actions.bytes(marshaller.read(bytes).getActions(0)))
        .isEqualTo(article.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5, 1_000})
  void aStreamIsReadToItsEndWhateverItSaysThatItHas(int more) {
    byte[] bytes = RankRequest.newBuilder().addActions(article(1)).build().toByteArray();
    InputStream stream =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int available() {
            return Math.max(0, super.available() + more);
          }
        };

    assertThat(marshaller.parse(stream).getActions(0)).isEqualTo(article(1));
  }

  @Test
  void whatComesOnceIsNotKept() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      marshaller.read(RankRequest.newBuilder().addActions(article(i)).build().toByteArray());
    }

    assertThat(actions.bytes()).isZero();
  }

  @Test
  void neverKeepsMoreThanItsBound() throws Exception {
    long bound = 2_000;
    KnownActions few = new KnownActions(1 << 10, bound);
    RankRequestMarshaller bounded = new RankRequestMarshaller(few);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = RankRequest.newBuilder().addActions(article(i / 2)).build().toByteArray();

      bounded.read(bytes);

      assertThat(few.bytes()).isLessThanOrEqualTo(bound);
    }
    assertThat(few.bytes()).isPositive();
  }

  @Test
  void aVeryLargeActionIsReadEachTime() throws Exception {
    Action large = Action.newBuilder().setId("x".repeat(KnownActions.LARGEST_BYTES)).build();
    byte[] bytes = RankRequest.newBuilder().addActions(large).build().toByteArray();

    for (int i = 0; i < 3; i++) {
      assertThat(marshaller.read(bytes).getActions(0)).isEqualTo(large);
    }

    assertThat(actions.known()).isZero();
  }

  @Test
  void brokenBytesAreAnswered() {
    assertThatThrownBy(
            () -> marshaller.parse(new ByteArrayInputStream(new byte[] {(byte) 0x1a, 9, 1})))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("INTERNAL: Invalid protobuf byte sequence");
  }

  private interface Reader {
    RankRequest read(byte[] bytes) throws InvalidProtocolBufferException;
  }

  private static Optional<RankRequest> read(Reader reader, byte[] bytes) {
    try {
      return Optional.of(reader.read(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /** Fields in any order, some of them twice, and some that nobody knows. */
  private static byte[] inPieces(Random random) {
    List<RankRequest> pieces = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      RankRequest.Builder piece = RankRequest.newBuilder();
      switch (random.nextInt(6)) {
        case 0 -> piece.setUserId("u" + random.nextInt(3));
        case 1 -> piece.addContext(namespace("user", random.nextInt(5)));
        case 2 -> piece.addSlots(Slot.newBuilder().setId("top"));
        case 3 ->
            piece.setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                    .build());
        default -> piece.addActions(article(random.nextInt(ARTICLES)));
      }
      pieces.add(piece.build());
    }
    return ByteString.copyFrom(pieces.stream().map(RankRequest::toByteString).toList())
        .toByteArray();
  }

  private static byte[] broken(byte[] bytes, Random random) {
    if (random.nextBoolean()) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
    byte[] other = bytes.clone();
    if (other.length > 0) {
      other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return other;
  }

  private static Action article(int number) {
    return Action.newBuilder()
        .setId("article-" + number)
        .addNamespaces(namespace("article", number))
        .build();
  }

  private static Action priced(double price) {
    return Action.newBuilder()
        .setId("shoe")
        .addNamespaces(
            Namespace.newBuilder()
                .setName("shoe")
                .addFeatures(
                    Feature.newBuilder()
                        .setName("price")
                        .setValue(FeatureValue.newBuilder().setNumber(price))))
        .build();
  }

  private static Namespace namespace(String name, int number) {
    return Namespace.newBuilder()
        .setName(name)
        .addFeatures(
            Feature.newBuilder()
                .setName("topic")
                .setValue(FeatureValue.newBuilder().setText("t" + number)))
        .addFeatures(
            Feature.newBuilder()
                .setName("length")
                .setValue(FeatureValue.newBuilder().setNumber(number)))
        .build();
  }
}
