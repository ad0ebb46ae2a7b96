package io.waggle.core.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.Seeds;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.explain.DecisionExplainer;
import io.waggle.core.explain.DecisionExplainer.Explained;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.Contribution;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.ReproductionOutcome;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SlotExplanation;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any decision of any learner: its scores are taken apart, and it is made again. */
class ExplainedScoresTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int DECISIONS = 6;

  /** One rounding of a 32-bit sum. */
  private static final double ROUNDING = 0x1p-24;

  static IntStream seeds() {
    return Seeds.of(60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void contributionsAddUpToTheScoreAndTheDecisionIsMadeAgain(long seed) throws Exception {
    Random random = RandomScoring.seeded(seed);
    boolean slots = seed % 3 == 0;
    String arguments =
        slots
            ? RandomScoring.slotArguments(random)
            : seed % 10 == 1
                ? RandomScoring.rangeArguments(random)
                : RandomScoring.arguments(random);
    ServableModel model = trained(arguments, random);
    ServingModels models = new ServingModels();
    assertThat(models.apply(model)).as(arguments).isTrue();
    Ranker ranker = new Ranker(models);
    Surface surface = surface(arguments, slots);
    Scorer scorer = Scorer.of(arguments, VowpalWabbitModel.parse(model.bytes().toByteArray()));

    for (int i = 0; i < DECISIONS; i++) {
      Example example = slots ? RandomScoring.slotsExample(random) : RandomScoring.example(random);
      Decision decision = ranker.rank(surface, input("d" + i, example)).decision();

      Explained all = DecisionExplainer.of(decision, surface, model, 10_000);
      Explained few = DecisionExplainer.of(decision, surface, model, 3);

      assertThat(all.reproduction().getDifferencesList()).as(arguments).isEmpty();
      assertThat(all.reproduction().getOutcome())
          .as(arguments + all.explanation().getNotesList())
          .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
      for (int slot = 0; slot < all.explanation().getSlotsCount(); slot++) {
        assertScores(arguments, scorer, decision, slot, all.explanation().getSlots(slot));
        assertScores(arguments, scorer, decision, slot, few.explanation().getSlots(slot));
      }
    }
  }

  private static void assertScores(
      String arguments, Scorer scorer, Decision decision, int slot, SlotExplanation explained) {
    int[] earlier =
        IntStream.range(0, slot).map(each -> decision.getSlots(each).getAction()).toArray();
    float[][] scores = scorer.scores(Example.of(decision), earlier);
    assertThat(explained.getActionsCount()).isEqualTo(decision.getActionsCount() - slot);
    for (ActionExplanation action : explained.getActionsList()) {
      double mean = 0;
      for (float[] set : scores) {
        mean += set[index(decision, action.getActionId())] / (double) scores.length;
      }
      double sum = action.getOthers();
      double size = Math.abs(action.getOthers());
      for (Contribution part : action.getContributionsList()) {
        assertThat(part.getContribution()).isEqualTo(part.getWeight() * part.getValue());
        sum += part.getContribution();
        size += Math.abs(part.getContribution());
      }
      int terms = 4 + action.getContributionsCount() + action.getOtherCount();
      assertThat(action.getScore()).as(arguments).isEqualTo(mean, within(1e-12 + 1e-12 * size));
      assertThat(sum)
          .as("%s: %s", arguments, action)
          .isEqualTo(mean, within(terms * ROUNDING * (size + 1e-6)));
    }
  }

  private static int index(Decision decision, String action) {
    return IntStream.range(0, decision.getActionsCount())
        .filter(i -> decision.getActions(i).getId().equals(action))
        .findFirst()
        .orElseThrow();
  }

  private static RankInput input(String id, Example example) {
    List<Namespace> context = new ArrayList<>(example.context());
    context.addAll(example.session());
    return new RankInput(id, "", NOW, context, null, example.actions(), false, example.slots());
  }

  private static Surface surface(String arguments, boolean slots) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("front")
            .setLivePolicy("learner")
            .setMultiSlot(slots)
            .setExplorationFloor(0.05)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("learner")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .setReward(RewardConfig.getDefaultInstance())
            .build());
  }

  private static ServableModel trained(String arguments, Random random) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      RandomScoring.learn(learner, random, 100);
      return new ServableModel(
          "front",
          "learner",
          7,
          ByteString.copyFrom(learner.modelBytes()),
          arguments,
          100,
          NOW,
          0,
          0);
    }
  }
}
