package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.forSlots;
import static io.waggle.core.feature.Examples.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Exploration;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.Decision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedSlot;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotRankingTest {
  private static final String ARGUMENTS = "--ccb_explore_adf --epsilon 0 -b 10";
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final double FLOOR = 0.3;

  private final ServingModels models = new ServingModels();
  private final Ranker ranker = new Ranker(models);
  private final MessageRules rules = new MessageRules();

  @Test
  void withoutAModelEverySlotIsUniformOverWhatIsLeft() {
    Decision decision = ranker.rank(surface("live"), input("d1", 3, "a", "b", "c", "d")).decision();

    assertThat(decision.getSlotsList())
        .extracting(SlotDecision::getPropensity)
        .usingElementComparator((x, y) -> Math.abs(x - y) < 1e-12 ? 0 : 1)
        .containsExactly(1 / 4.0, 1 / 3.0, 1 / 2.0);
    assertThat(decision.getModelVersion()).isZero();
    assertThat(rules.check(decision)).isEmpty();
  }

  @Test
  void theModelFillsEachSlotGivenTheSlotsBeforeAboveTheFloor() throws Exception {
    models.apply(likingFirstAndThird(3));

    for (int i = 0; i < 50; i++) {
      Decision decision = ranker.rank(surface("live"), input("d" + i, 2, "a", "b", "c")).decision();

      assertThat(decision.getModelVersion()).isEqualTo(3);
      assertThat(decision.getSlots(0).getProbabilitiesList().get(0)).isCloseTo(0.8, within(1e-6));
      int first = decision.getSlots(0).getAction();
      int best = first == 2 ? 0 : 2;
      assertThat(decision.getSlots(1).getProbabilities(first)).isZero();
      assertThat(decision.getSlots(1).getProbabilities(best)).isCloseTo(0.85, within(1e-6));
      assertThat(rules.check(decision)).isEmpty();
    }
  }

  @Test
  void everySlotIsDrawnFromWhatIsLoggedByItsOwnNumberOfTheSeed() throws Exception {
    models.apply(likingFirstAndThird(3));
    int[] seconds = new int[3];
    for (int i = 0; i < 300; i++) {
      Decision decision = ranker.rank(surface("live"), input("d" + i, 2, "a", "b", "c")).decision();
      for (int slot = 0; slot < 2; slot++) {
        SlotDecision filled = decision.getSlots(slot);
        double[] probabilities =
            filled.getProbabilitiesList().stream().mapToDouble(Double::doubleValue).toArray();
        long seed = Exploration.slotSeed(decision.getSeed(), slot);

        assertThat(filled.getAction()).isEqualTo(Exploration.draw(probabilities, seed));
        assertThat(filled.getPropensity()).isEqualTo(probabilities[filled.getAction()]);
      }
      seconds[decision.getSlots(1).getAction()]++;
    }
    // Slot 1: c with 0.85 where slot 0 has a or b, a with 0.85 where it has c.
    assertThat(seconds[2]).isBetween(200, 260);
  }

  @Test
  void theAnswerSaysWhatTheDecisionSays() throws Exception {
    models.apply(likingFirstAndThird(3));

    Ranker.Ranked ranked = ranker.rank(surface("live"), input("d1", 2, "a", "b", "c", "d"));

    Decision decision = ranked.decision();
    RankResponse response = ranked.response();
    assertThat(decision.getOrderList()).hasSize(4).doesNotHaveDuplicates();
    assertThat(decision.getOrderList().subList(0, 2))
        .isEqualTo(decision.getSlotsList().stream().map(SlotDecision::getAction).toList());
    assertThat(decision.getPropensity()).isEqualTo(decision.getSlots(0).getPropensity());
    assertThat(decision.getProbabilitiesList())
        .isEqualTo(decision.getSlots(0).getProbabilitiesList());
    assertThat(response.getSlotsList())
        .extracting(RankedSlot::getSlotId)
        .containsExactly("s0", "s1");
    assertThat(response.getSlotsList())
        .extracting(RankedSlot::getActionId)
        .containsExactly(
            response.getRanking(0).getActionId(), response.getRanking(1).getActionId());
    assertThat(response.getSlotsList())
        .extracting(RankedSlot::getProbability)
        .isEqualTo(decision.getSlotsList().stream().map(SlotDecision::getPropensity).toList());
    assertThat(response.getChosenActionId()).isEqualTo(response.getSlots(0).getActionId());
  }

  @Test
  void theSameInputAndModelGiveTheSameBytes() throws Exception {
    models.apply(likingFirstAndThird(3));
    List<ByteString> first = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 30; i++) {
        ByteString bytes =
            ranker
                .rank(surface("live"), input("d" + i, 2, "a", "b", "c"))
                .decision()
                .toByteString();
        if (round == 0) {
          first.add(bytes);
        } else {
          assertThat(bytes).isEqualTo(first.get(i));
        }
      }
    }
  }

  @Test
  void everySlotOfAsManyActionsIsFilled() throws Exception {
    models.apply(likingFirstAndThird(3));

    for (String policy : List.of("live", "uniform", "baseline")) {
      Decision decision = ranker.rank(surface(policy), input("d", 3, "a", "b", "c")).decision();

      assertThat(decision.getOrderList()).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(decision.getSlots(2).getPropensity()).isEqualTo(1);
      assertThat(rules.check(decision)).isEmpty();
    }
  }

  @Test
  void aBrokenRequestForSlotsIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ranker.rank(surface("live"), input("d", 0, "a", "b")))
        .withMessage("slots: none given, and surface front fills several slots");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ranker.rank(surface("live"), input("d", 3, "a", "b")))
        .withMessage("slots: 3 (expected: at most 2, one for each action)");
    Surface single =
        Surface.of(
            config("uniform")
                .clearPolicies()
                .setMultiSlot(false)
                .addPolicies(
                    PolicyConfig.newBuilder()
                        .setName("uniform")
                        .setUniform(UniformPolicy.getDefaultInstance()))
                .build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ranker.rank(single, input("d", 1, "a", "b")))
        .withMessage("slots: 1 given, and surface front makes one ranking");
  }

  private static RankInput input(String decisionId, int slots, String... ids) {
    Example example = forSlots("u", slots, ids);
    return new RankInput(
        decisionId,
        "u",
        NOW_MILLIS,
        example.context(),
        null,
        plain(ids).actions(),
        false,
        example.slots());
  }

  private static Surface surface(String livePolicy) {
    return Surface.of(config(livePolicy).build());
  }

  private static SurfaceConfig.Builder config(String livePolicy) {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .setLivePolicy(livePolicy)
        .setMultiSlot(true)
        .setExplorationFloor(FLOOR)
        .setReward(RewardConfig.getDefaultInstance())
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("live")
                .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(ARGUMENTS)))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("baseline")
                .setBaseline(BaselinePolicy.getDefaultInstance()));
  }

  /** A model that prefers action a in the first slot and c in the second. */
  private static ServableModel likingFirstAndThird(long version) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      Example example = forSlots("u", 2, "a", "b", "c");
      for (int i = 0; i < 60; i++) {
        int first = i % 3;
        int second = (first + 1 + i % 2) % 3;
        learner.learnSlots(
            example,
            List.of(
                new SlotOutcome(first, first == 0 ? -1 : first == 2 ? -0.2 : 0, 1 / 3.0),
                new SlotOutcome(second, second == 2 ? -1 : second == 0 ? -0.2 : 0, 0.5)));
      }
      return new ServableModel(
          "front",
          "live",
          version,
          ByteString.copyFrom(learner.modelBytes()),
          ARGUMENTS,
          60,
          NOW_MILLIS,
          0,
          0);
    }
  }
}
