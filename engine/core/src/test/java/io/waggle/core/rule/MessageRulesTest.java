package io.waggle.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PutItemsRequest;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Reward;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.TrackRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageRulesTest {
  private static final MessageRules RULES = new MessageRules();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theCheckByHandAcceptsExactlyWhatProtovalidateAccepts(long seed) {
    RandomMessages messages = new RandomMessages(seed, 0.02);
    int valid = 0;
    int broken = 0;
    for (int run = 0; run < 400; run++) {
      Message message = messages.any();

      boolean accepted = RULES.protovalidate(message).isEmpty();

      assertThat(FastChecks.accepts(message)).as("%s", message).isEqualTo(accepted);
      if (accepted) {
        valid++;
      } else {
        broken++;
      }
    }
    assertThat(valid).isGreaterThan(100);
    assertThat(broken).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void whatIsBrokenIsExplainedAsProtovalidateWould(long seed) {
    RandomMessages messages = new RandomMessages(seed, 0.03);
    int broken = 0;
    for (int run = 0; run < 200; run++) {
      Message message = messages.any();
      List<Violation> expected = RULES.protovalidate(message);
      if (!expected.isEmpty()) {
        broken++;

        assertThat(RULES.check(message)).as("%s", message).isEqualTo(expected);
      }
    }
    assertThat(broken).isGreaterThan(30);
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43})
  void selectionsOfItemsAreCheckedAsProtovalidateWould(long seed) {
    RandomMessages messages = new RandomMessages(seed, 0.06);
    int broken = 0;
    int runs = 300;
    for (int run = 0; run < runs; run++) {
      RankRequest request =
          RankRequest.newBuilder().setSurface("shop").setItems(messages.selection()).build();
      List<Violation> expected = RULES.protovalidate(request);

      assertThat(FastChecks.accepts(request)).as("%s", request).isEqualTo(expected.isEmpty());
      if (!expected.isEmpty()) {
        broken++;
        assertThat(RULES.check(request)).as("%s", request).isEqualTo(expected);
      }
    }
    assertThat(broken).isBetween(30, runs - 100);
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32})
  void ordinaryMessagesAreAccepted(long seed) {
    RandomMessages messages = new RandomMessages(seed, 0);
    for (int run = 0; run < 500; run++) {
      Message message = messages.any();

      assertThat(FastChecks.accepts(message)).as("%s", message).isTrue();
      assertThat(RULES.check(message)).as("%s", message).isEmpty();
    }
  }

  @Test
  void theFieldIsNamedByItsWholePath() {
    Feature good = feature("f", 1);
    Namespace namespace =
        Namespace.newBuilder()
            .setName("item")
            .addAllFeatures(List.of(good, good, good, good, feature("f", Double.NaN)))
            .build();
    RankRequest request =
        request(2).toBuilder()
            .addActions(Action.newBuilder().setId("x").addNamespaces(namespace))
            .build();

    assertThat(RULES.check(request))
        .isNotEmpty()
        .allSatisfy(
            violation ->
                assertThat(violation.field())
                    .isEqualTo("actions[2].namespaces[0].features[4].value.number"));
  }

  @Test
  void aMissingSurfaceIsNamed() {
    assertThat(RULES.check(request(1).toBuilder().clearSurface().build()))
        .extracting(Violation::field)
        .containsExactly("surface");
  }

  @Test
  void actionIdsAreUnique() {
    RankRequest request =
        request(4).toBuilder().setActions(3, Action.newBuilder().setId("action-1")).build();

    assertThat(RULES.check(request))
        .containsExactly(new Violation("actions[3].id", "unique, but equals actions[1].id"));
    assertThat(RULES.check(request).get(0))
        .hasToString("actions[3].id: unique, but equals actions[1].id");
  }

  @Test
  void aDecisionsOrderHoldsDistinctIndicesOfItsActions() {
    assertThat(RULES.check(decision(3).clearOrder().addOrder(2).addOrder(3).addOrder(-1).build()))
        .containsExactly(
            new Violation("order[1]", "an index of actions, below 3, not 3"),
            new Violation("order[2]", "an index of actions, below 3, not 4294967295"));
    assertThat(RULES.check(decision(3).clearOrder().addOrder(2).addOrder(0).addOrder(2).build()))
        .containsExactly(new Violation("order[2]", "distinct, but repeats 2"));
  }

  @Test
  void anImportedDecisionMayHoldTheChosenActionOnlyAndNoProbabilities() {
    assertThat(RULES.check(decision(3).clearOrder().addOrder(2).clearProbabilities().build()))
        .isEmpty();
  }

  @Test
  void aDecisionsProbabilitiesAreADistributionOverItsActions() {
    assertThat(RULES.check(decision(3).addProbabilities(0).build()))
        .containsExactly(new Violation("probabilities", "empty or one per action: 3, not 4"));
    assertThat(RULES.check(decision(3).setProbabilities(1, Double.NaN).build()))
        .containsExactly(new Violation("probabilities[1]", "finite and at least 0, not NaN"));
    assertThat(RULES.check(decision(3).setProbabilities(1, -0.25).build()))
        .containsExactly(new Violation("probabilities[1]", "finite and at least 0, not -0.25"));
    assertThat(RULES.check(decision(3).setProbabilities(1, 1.0 / 0).build()))
        .containsExactly(new Violation("probabilities[1]", "finite and at least 0, not Infinity"));
    assertThat(RULES.check(decision(2).setProbabilities(1, 0.501).build()))
        .extracting(Violation::field)
        .containsExactly("probabilities");
    assertThat(RULES.check(decision(2).setProbabilities(1, 0.5000005).build())).isEmpty();
  }

  @Test
  void aPropensityOutsideZeroToOneIsRefused() {
    for (double propensity : new double[] {0, -1, 1.5, Double.NaN, 1.0 / 0}) {
      assertThat(RULES.check(decision(2).setPropensity(propensity).build()))
          .extracting(Violation::field)
          .contains("propensity");
    }
  }

  @Test
  void atMostTwentyBrokenRulesAreToldAndNoTextOfTheMessage() {
    RankRequest.Builder request = request(0).toBuilder();
    String secret = "secret".repeat(100);
    for (int i = 0; i < 100; i++) {
      request.addActions(Action.newBuilder().setId(secret));
    }

    List<Violation> violations = RULES.check(request.build());

    assertThat(violations).hasSize(20);
    assertThat(violations)
        .allSatisfy(violation -> assertThat(violation.toString()).doesNotContain("secret"));
    assertThat(RULES.check(request(0).toBuilder().addAllActions(same(100)).build())).hasSize(20);
  }

  @Test
  void tenThousandActionsAreOneTooMany() {
    assertThat(RULES.check(request(10_000)))
        .extracting(Violation::field)
        .containsExactly("actions");
  }

  /** The 5 MB request: what is explained holds a few parts, not half a million features. */
  @Test
  void aHugeBrokenRequestIsExplainedFromItsBrokenPartsAlone() {
    Namespace wide =
        Namespace.newBuilder()
            .setName("item")
            .addAllFeatures(IntStream.range(0, 1000).mapToObj(i -> feature("f" + i, i)).toList())
            .build();
    RankRequest.Builder request = request(0).toBuilder();
    for (int i = 0; i < 400; i++) {
      request.addActions(Action.newBuilder().setId("a" + i).addNamespaces(wide));
    }
    request
        .getActionsBuilder(399)
        .getNamespacesBuilder(0)
        .getFeaturesBuilder(777)
        .setValue(FeatureValue.newBuilder().setNumber(1e9));
    RankRequest broken = request.build();

    assertThat(broken.getSerializedSize()).isGreaterThan(5_000_000);
    assertThat(Suspects.only(broken).getSerializedSize()).isLessThan(50_000);
    assertThat(RULES.check(broken))
        .extracting(Violation::field)
        .containsExactly("actions[399].namespaces[0].features[777].value.number");
  }

  @Test
  void anInteractionOfABatchIsNamed() {
    Interaction good =
        Interaction.newBuilder().setSurface("s").setUserId("u").setType("view").build();
    TrackRequest request =
        TrackRequest.newBuilder()
            .addInteractions(good)
            .addInteractions(good.toBuilder().clearUserId())
            .build();

    assertThat(RULES.check(request))
        .extracting(Violation::field)
        .containsExactly("interactions[1].user_id");
  }

  @Test
  void itemsOfABatchAreEachNamedOnce() {
    Item cup = Item.newBuilder().setSurface("s").setItemId("cup").build();
    PutItemsRequest request =
        PutItemsRequest.newBuilder()
            .addItems(cup)
            .addItems(cup.toBuilder().setSurface("another"))
            .addItems(cup)
            .build();

    assertThat(RULES.check(request))
        .containsExactly(new Violation("items[2].item_id", "unique, but equals items[0].item_id"));
  }

  @Test
  void anItemHasAtMost64KibiBytes() {
    Namespace wide =
        Namespace.newBuilder()
            .setName("item")
            .addAllFeatures(
                IntStream.range(0, 70)
                    .mapToObj(
                        i ->
                            Feature.newBuilder()
                                .setName("f" + i)
                                .setValue(FeatureValue.newBuilder().setText("x".repeat(1000)))
                                .build())
                    .toList())
            .build();
    Item item = Item.newBuilder().setSurface("s").setItemId("cup").addAttributes(wide).build();

    assertThat(RULES.check(item))
        .containsExactly(new Violation("attributes", "at most 65536 bytes with the item's names"));
    assertThat(RULES.check(PutItemsRequest.newBuilder().addItems(item).build()))
        .extracting(Violation::field)
        .containsExactly("items[0].attributes");
  }

  @Test
  void aRewardNeedsAValueOrAnActivation() {
    Reward reward = Reward.newBuilder().setDecisionId("d").setSurface("s").build();

    assertThat(RULES.check(reward)).extracting(Violation::field).containsExactly("kind");
    assertThat(RULES.check(reward.toBuilder().setValue(0).build())).isEmpty();
  }

  @Test
  void aMessageWithoutACheckByHandIsStillChecked() {
    TableRow good = TableRow.newBuilder().setActionId("a").setProbability(0.5).build();
    TablePolicy.Builder table = TablePolicy.newBuilder();
    for (int i = 0; i < 2000; i++) {
      table.addRows(good);
    }
    table.addRows(good.toBuilder().setProbability(2));

    assertThat(RULES.check(PolicyConfig.newBuilder().setName("p").setTable(table).build()))
        .extracting(Violation::field)
        .containsExactly("table.rows[2000].probability");
  }

  @Test
  void aTimeTooFarAheadIsRefused() {
    assertThat(EventTimes.check("t", 1000, 1000, 0)).isNull();
    assertThat(EventTimes.check("t", 1500, 1000, 500)).isNull();
    assertThat(EventTimes.check("t", 0, 1000, 500)).isNull();
    assertThat(EventTimes.check("t", Long.MIN_VALUE, 1000, 500)).isNull();
    assertThat(EventTimes.check("t", 1501, 1000, 500))
        .isEqualTo(new Violation("t", "at most 500 ms after the receiver's clock 1000, not 1501"));
    assertThat(EventTimes.check("t", Long.MAX_VALUE, 1000, 500)).isNotNull();
  }

  private static List<Action> same(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Action.newBuilder().setId("same").build())
        .toList();
  }

  private static RankRequest request(int actions) {
    return RankRequest.newBuilder().setSurface("front").addAllActions(actions(actions)).build();
  }

  private static Decision.Builder decision(int actions) {
    return Decision.newBuilder()
        .setDecisionId("d")
        .setSurface("front")
        .setEventTimeMillis(1)
        .addAllActions(actions(actions))
        .addAllOrder(IntStream.range(0, actions).boxed().toList())
        .addAllProbabilities(IntStream.range(0, actions).mapToObj(i -> 1.0 / actions).toList())
        .setPropensity(1.0 / actions);
  }

  private static List<Action> actions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Action.newBuilder().setId("action-" + i).build())
        .toList();
  }

  private static Feature feature(String name, double number) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(number))
        .build();
  }
}
