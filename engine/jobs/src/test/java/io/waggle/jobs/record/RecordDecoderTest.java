package io.waggle.jobs.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Surfaces SURFACES =
      new Surfaces(
          List.of(
              Surface.of(
                  SurfaceConfig.newBuilder()
                      .setName("home")
                      .setLivePolicy("uniform")
                      .addPolicies(
                          PolicyConfig.newBuilder()
                              .setName("uniform")
                              .setUniform(UniformPolicy.getDefaultInstance()))
                      .setReward(RewardConfig.getDefaultInstance())
                      .build())));
  private static final Interaction CLICK =
      Interaction.newBuilder()
          .setInteractionId("i1")
          .setSurface("home")
          .setUserId("u1")
          .setType("click")
          .setEventTimeMillis(NOW)
          .build();
  private static final Reward REWARD =
      Reward.newBuilder()
          .setRewardId("r1")
          .setDecisionId("d1")
          .setSurface("home")
          .setEventTimeMillis(NOW)
          .setValue(1)
          .build();
  private static final Decision DECISION =
      Decision.newBuilder()
          .setDecisionId("d1")
          .setSurface("home")
          .setEventTimeMillis(NOW)
          .addActions(Action.newBuilder().setId("a"))
          .addOrder(0)
          .setPropensity(1)
          .build();

  @Test
  void goodRecordPassesUnchanged() throws Exception {
    Decoded<Interaction> decoded = interactions(record(CLICK.toByteArray(), NOW));

    assertThat(decoded.messages()).containsExactly(CLICK);
    assertThat(decoded.letters()).isEmpty();
  }

  @Test
  void missingIdAndTimeComeFromTheRecordsPositionAndTimestamp() throws Exception {
    Interaction bare = CLICK.toBuilder().clearInteractionId().clearEventTimeMillis().build();

    Interaction decoded = interactions(record(bare.toByteArray(), NOW - 5)).messages().get(0);

    assertThat(decoded.getInteractionId()).isEqualTo("topic-3-42");
    assertThat(decoded.getEventTimeMillis()).isEqualTo(NOW - 5);
  }

  @Test
  void malformedBytesBecomeADeadLetterWithBytesAndPosition() throws Exception {
    byte[] garbage = "not a message".getBytes(UTF_8);

    DeadLetter letter = interactions(record(garbage, NOW)).letters().get(0);

    assertThat(letter.getReason()).isEqualTo(RejectReason.REJECT_REASON_MALFORMED);
    assertThat(letter.getTopic()).isEqualTo("topic");
    assertThat(letter.getPartition()).isEqualTo(3);
    assertThat(letter.getOffset()).isEqualTo(42);
    assertThat(letter.getValue().toByteArray()).isEqualTo(garbage);
    assertThat(letter.getKey().toStringUtf8()).isEqualTo("key");
  }

  @Test
  void tombstoneIsMalformed() throws Exception {
    assertThat(interactions(record(new byte[0], NOW)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_MALFORMED);
  }

  @Test
  void tombstoneOfACompactedTopicIsAcceptedAndNothingIsHandedOn() throws Exception {
    Decoded<ModelSnapshot> decoded =
        decode(Topics.MODELS, ModelSnapshot.class, RecordRules.models(), record(new byte[0], NOW));

    assertThat(decoded.messages()).isEmpty();
    assertThat(decoded.letters()).isEmpty();
  }

  @Test
  void controlRecordSaysSomethingAtATimeAboutAKnownSurface() throws Exception {
    Control known =
        Control.newBuilder()
            .setCreatedMillis(NOW)
            .setSurface(SURFACES.all().get(0).config())
            .build();
    Control.Builder unknown = known.toBuilder();
    unknown.getSurfaceBuilder().setName("away");

    assertThat(control(known).messages()).containsExactly(known);
    assertThat(control(unknown.build()).reasons())
        .containsExactly(RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
    assertThat(control(known.toBuilder().clearSurface().build()).letters().get(0).getDetail())
        .startsWith("entity: absent");
    assertThat(control(known.toBuilder().clearCreatedMillis().build()).letters().get(0).getDetail())
        .startsWith("created_millis: 0");
  }

  private static Decoded<Control> control(Control control) throws Exception {
    return decode(
        Topics.CONTROL,
        Control.class,
        RecordRules.control(SURFACES),
        record(control.toByteArray(), NOW));
  }

  @Test
  void anItemIsOfAKnownSurfaceUnderItsOwnKeyAtATime() throws Exception {
    Item item = Item.newBuilder().setSurface("home").setItemId("a/b").build();

    assertThat(items("home/a/b", item.toByteArray()).messages())
        .containsExactly(item.toBuilder().setUpdatedMillis(NOW).build());
    assertThat(items("home/c", item.toByteArray()).letters().get(0).getDetail())
        .startsWith("key: not the item's");
    assertThat(items("x/a/b", item.toBuilder().setSurface("x").build().toByteArray()).reasons())
        .containsExactly(RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
  }

  @Test
  void tombstoneOfAnItemSaysThatItWasTakenOut() throws Exception {
    assertThat(items("home/a/b", new byte[0]).messages())
        .containsExactly(Item.newBuilder().setSurface("home").setItemId("a/b").build());
    assertThat(items("no slash", new byte[0]).messages()).isEmpty();
  }

  private static Decoded<Item> items(String key, byte[] value) throws Exception {
    return decode(
        Topics.ITEMS,
        Item.class,
        RecordRules.items(SURFACES),
        new SourceRecord(Topics.ITEMS, 3, 42, NOW, key.getBytes(UTF_8), value));
  }

  @Test
  void brokenFieldRuleIsNamed() throws Exception {
    DeadLetter letter =
        interactions(record(CLICK.toBuilder().clearUserId().build().toByteArray(), NOW))
            .letters()
            .get(0);

    assertThat(letter.getReason()).isEqualTo(RejectReason.REJECT_REASON_INVALID);
    assertThat(letter.getDetail()).contains("user_id");
  }

  @Test
  void unknownSurfaceIsNamed() throws Exception {
    assertThat(
            interactions(record(CLICK.toBuilder().setSurface("other").build().toByteArray(), NOW))
                .reasons())
        .containsExactly(RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
  }

  @Test
  void recordFromTheFarFutureIsRefused() throws Exception {
    long tooFar = NOW + RecordDecoder.FUTURE_MILLIS + 1;

    assertThat(interactions(record(CLICK.toByteArray(), tooFar)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_FUTURE_TIME);
    assertThat(interactions(record(CLICK.toByteArray(), tooFar - 1)).reasons()).isEmpty();
  }

  @Test
  void interactionStampedFarAheadOfItsRecordIsRefused() throws Exception {
    long timestamp = NOW - RecordDecoder.FUTURE_MILLIS;

    assertThat(interactions(record(CLICK.toByteArray(), timestamp - 1)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_FUTURE_TIME);
    assertThat(interactions(record(CLICK.toByteArray(), timestamp)).reasons()).isEmpty();
  }

  @Test
  void rewardAndDecisionStampedFarAheadOfTheirRecordAreRefused() throws Exception {
    long timestamp = NOW - RecordDecoder.FUTURE_MILLIS;

    assertThat(rewards(record(REWARD.toByteArray(), timestamp - 1)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_FUTURE_TIME);
    assertThat(rewards(record(REWARD.toByteArray(), timestamp)).reasons()).isEmpty();
    assertThat(decisions(record(DECISION.toByteArray(), timestamp - 1)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_FUTURE_TIME);
    assertThat(decisions(record(DECISION.toByteArray(), timestamp)).reasons()).isEmpty();
  }

  @Test
  void interactionWithoutAnyTimeIsRefused() throws Exception {
    byte[] bare = CLICK.toBuilder().clearEventTimeMillis().build().toByteArray();

    assertThat(interactions(record(bare, -1)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_INVALID);
  }

  @Test
  void rewardOutsideTheSurfacesRangeIsRefused() throws Exception {
    assertThat(
            rewards(record(REWARD.toBuilder().setValue(1.01).build().toByteArray(), NOW)).reasons())
        .containsExactly(RejectReason.REJECT_REASON_OUT_OF_RANGE);
    assertThat(rewards(record(REWARD.toByteArray(), NOW)).messages()).containsExactly(REWARD);
  }

  @Test
  void rewardThatSaysItWasDerivedIsRefused() throws Exception {
    assertThat(
            rewards(record(REWARD.toBuilder().setDerived(true).build().toByteArray(), NOW))
                .reasons())
        .containsExactly(RejectReason.REJECT_REASON_INVALID);
  }

  @Test
  void slotsOnASurfaceThatMakesOneRankingAreRefused() throws Exception {
    Decision slots =
        DECISION.toBuilder()
            .addSlots(
                SlotDecision.newBuilder().setSlot(Slot.newBuilder().setId("top")).setPropensity(1))
            .build();

    assertThat(decisions(record(slots.toByteArray(), NOW)).letters().get(0).getDetail())
        .isEqualTo("slots: 1 (expected: none, as surface home makes one ranking)");
    assertThat(
            rewards(record(REWARD.toBuilder().setSlotId("top").build().toByteArray(), NOW))
                .letters()
                .get(0)
                .getDetail())
        .isEqualTo("slot_id: given (expected: empty, as surface home makes one ranking)");
  }

  @Test
  void aDecisionOfASurfaceWithSeveralSlotsHasThemAllLikelyEnough() throws Exception {
    Surfaces page =
        new Surfaces(
            List.of(
                Surface.of(SURFACES.all().get(0).config().toBuilder().setMultiSlot(true).build())));
    Decision unlikely =
        DECISION.toBuilder()
            .addActions(Action.newBuilder().setId("b"))
            .addOrder(1)
            .addSlots(
                SlotDecision.newBuilder().setSlot(Slot.newBuilder().setId("top")).setPropensity(1))
            .addSlots(
                SlotDecision.newBuilder()
                    .setSlot(Slot.newBuilder().setId("side"))
                    .setAction(1)
                    .setPropensity(1e-9))
            .build();

    assertThat(decideOn(page, DECISION))
        .isEqualTo("slots: 0 (expected: at least 1, as surface home fills several slots)");
    assertThat(decideOn(page, unlikely)).startsWith("slots[1].propensity: 1.0E-9 (expected: ");
  }

  private static String decideOn(Surfaces surfaces, Decision decision) throws Exception {
    return decode(
            Topics.DECISIONS,
            Decision.class,
            RecordRules.decisions(surfaces),
            record(decision.toByteArray(), NOW))
        .letters()
        .get(0)
        .getDetail();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyBytesAreAMessageOrADeadLetter(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] valid = REWARD.toByteArray();
    for (int round = 0; round < 200; round++) {
      byte[] bytes = valid.clone();
      for (int flip = 0; flip <= random.nextInt(4); flip++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }

      Decoded<Reward> decoded = rewards(record(bytes, NOW));

      assertThat(decoded.messages().size() + decoded.letters().size())
          .as("seed %d round %d", seed, round)
          .isEqualTo(1);
    }
  }

  private static SourceRecord record(byte[] value, long timestampMillis) {
    return new SourceRecord("topic", 3, 42, timestampMillis, "key".getBytes(UTF_8), value);
  }

  private static Decoded<Interaction> interactions(SourceRecord record) throws Exception {
    return decode(Interaction.class, RecordRules.interactions(SURFACES), record);
  }

  private static Decoded<Decision> decisions(SourceRecord record) throws Exception {
    return decode(Decision.class, RecordRules.decisions(SURFACES), record);
  }

  private static Decoded<Reward> rewards(SourceRecord record) throws Exception {
    return decode(Reward.class, RecordRules.rewards(SURFACES), record);
  }

  private static <T extends Message> Decoded<T> decode(
      Class<T> messageClass, RecordRules<T> rules, SourceRecord record) throws Exception {
    return decode("topic", messageClass, rules, record);
  }

  private static <T extends Message> Decoded<T> decode(
      String topic, Class<T> messageClass, RecordRules<T> rules, SourceRecord record)
      throws Exception {
    try (OneInputStreamOperatorTestHarness<SourceRecord, T> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new RecordDecoder<>(topic, messageClass, rules)))) {
      harness.setup(
          ProtoTypeInformation.forMessage(messageClass)
              .createSerializer(
                  new org.apache.flink.api.common.ExecutionConfig().getSerializerConfig()));
      harness.open();
      harness.setProcessingTime(NOW);
      harness.processElement(record, record.timestampMillis());
      List<DeadLetter> letters = new ArrayList<>();
      var side = harness.getSideOutput(DeadLetters.TAG);
      if (side != null) {
        side.forEach(letter -> letters.add(letter.getValue()));
      }
      return new Decoded<>(harness.extractOutputValues(), letters);
    }
  }

  private record Decoded<T>(List<T> messages, List<DeadLetter> letters) {
    List<RejectReason> reasons() {
      return letters.stream().map(DeadLetter::getReason).toList();
    }
  }
}
