package io.waggle.core.feature;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static io.waggle.core.feature.Examples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.SlotDecision;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedFeaturesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void packedAndPlainGiveTheSameTextsAndTheSameDecision(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      JoinedDecision plain = joined(Examples.random(random));
      JoinedDecision packed = PackedFeatures.pack(plain);
      Example expected = Example.of(plain.getDecision());
      Example actual = Example.of(packed);
      int chosen = random.nextInt(expected.actions().size());

      assertThat(packed.getDecision().getActionsCount()).isZero();
      assertThat(PackedText.of(packed.getFeatures())).isNotNull();
      assertThat(actual.problem()).isNull();
      assertThat(actual.text()).isEqualTo(expected.text());
      assertThat(actual.labelledText(chosen, -0.3, 0.7))
          .isEqualTo(expected.labelledText(chosen, -0.3, 0.7));
      assertThat(actual.actions()).isEqualTo(expected.actions());
      assertThat(actual.context()).isEqualTo(expected.context());
      assertThat(actual.session()).isEqualTo(expected.session());
      assertThat(actual.timeMillis()).isEqualTo(7);
      assertThat(PackedFeatures.decision(packed)).isEqualTo(plain.getDecision());
    }
  }

  @Test
  void numbersOfEverySizeAreWrittenAlike() {
    Random random = new Random(6);
    for (int i = 0; i < 20_000; i++) {
      double number =
          switch (i % 4) {
            case 0 -> random.nextInt(2_000_001) - 1_000_000;
            case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(50) - 45);
            case 2 -> Float.intBitsToFloat(random.nextInt(1 << 24)) * (i % 8 - 4);
            default -> (random.nextInt(200) - 100) / 10.0;
          };
      if (Math.abs(number) <= 1e6) {
        assertSameText(action("a", namespace("n", number("x", number))));
      }
    }
    assertSameText(action("a", namespace("n", number("x", -0.0), number("y", 1e6))));
  }

  @Test
  void whatIsEmptyIsLeftOutAlike() {
    assertSameText(action(""));
    assertSameText(action("a", namespace("n")));
    assertSameText(action("a", namespace("n", texts("t"))));
    assertSameText(action("a", namespace("n", texts("t"), texts("u", "", "v"))));
    assertSameText(action("a", namespace("n", text("t", ""))));
  }

  @Test
  void whatTheRulesForbidIsToldInTheSameWords() {
    assertSameProblem(action("a", namespace("n", number("x", Double.NaN))));
    assertSameProblem(action("a", namespace("n", number("x", 1.1e6))));
    assertSameProblem(action("a", namespace("n", text("", "v"))));
    assertSameProblem(action("a", namespace("1n", text("x", "v"))));
    assertSameProblem(action("a", namespace("", text("x", "v"))));
    assertSameProblem(action("a", namespace("n", Feature.newBuilder().setName("x").build())));
    Action[] many = new Action[1_001];
    Arrays.fill(many, action("a"));
    assertSameProblem(many);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void alteredBytesGiveTheParsersAnswerOrNone(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes =
          PackedFeatures.pack(joined(Examples.random(random))).getFeatures().toByteArray();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      ExampleText fast = PackedText.of(ByteString.copyFrom(bytes));
      if (fast != null) {
        assertSameWhereParsable(bytes, fast);
      }
    }
  }

  /** The parser refuses texts that are not UTF-8; the fast way copies them, escaped. */
  private static void assertSameWhereParsable(byte[] bytes, ExampleText fast) {
    Decision parsed;
    try {
      parsed = Decision.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    assertThat(Example.of(parsed).problem()).isNull();
    assertThat(fast.unlabelled()).isEqualTo(Example.of(parsed).text());
  }

  @Test
  void severalSlotsPartsOfALifeAndNoActionsStayAsTheyAre() {
    JoinedDecision joined = joined(Examples.plain("a", "b"));
    JoinedDecision slots =
        joined.toBuilder()
            .setDecision(
                joined.getDecision().toBuilder().addSlots(SlotDecision.getDefaultInstance()))
            .build();
    JoinedDecision part = joined.toBuilder().setStage(JoinStage.JOIN_STAGE_SHOWN).build();

    assertThat(PackedFeatures.pack(slots)).isSameAs(slots);
    assertThat(PackedFeatures.pack(part)).isSameAs(part);
    assertThat(PackedFeatures.pack(JoinedDecision.getDefaultInstance()))
        .isSameAs(JoinedDecision.getDefaultInstance());
    assertThat(PackedFeatures.decision(joined)).isSameAs(joined.getDecision());
  }

  private static void assertSameText(Action... actions) {
    JoinedDecision joined = joined(new Example(List.of(), List.of(), List.of(actions)));
    assertThat(PackedText.of(PackedFeatures.pack(joined).getFeatures())).isNotNull();
    assertThat(Example.of(PackedFeatures.pack(joined)).text())
        .isEqualTo(Example.of(joined.getDecision()).text());
  }

  private static void assertSameProblem(Action... actions) {
    Namespace context = namespace("c", text("x", "v"));
    JoinedDecision joined = joined(new Example(List.of(context), List.of(), List.of(actions)));
    assertThat(PackedText.of(PackedFeatures.pack(joined).getFeatures())).isNull();
    assertThat(Example.of(PackedFeatures.pack(joined)).problem())
        .isNotNull()
        .isEqualTo(Example.of(joined.getDecision()).problem());
  }

  private static JoinedDecision joined(Example example) {
    return JoinedDecision.newBuilder()
        .setDecision(
            Decision.newBuilder()
                .setDecisionId("d")
                .setEventTimeMillis(7)
                .addAllContext(example.context())
                .addAllSession(example.session())
                .addAllActions(example.actions())
                .addOrder(0)
                .setPropensity(0.5))
        .setReward(1)
        .build();
  }
}
