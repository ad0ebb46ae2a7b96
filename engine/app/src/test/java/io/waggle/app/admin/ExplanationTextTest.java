package io.waggle.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.Contribution;
import io.waggle.v1.Decision;
import io.waggle.v1.Draw;
import io.waggle.v1.ExplainDecisionResponse;
import io.waggle.v1.Explanation;
import io.waggle.v1.FeaturePart;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.Reproduction;
import io.waggle.v1.ReproductionOutcome;
import io.waggle.v1.SlotExplanation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationTextTest {
  @Test
  void aDecisionReadsFromWhatWasKnownToTheDraw() {
    ExplainDecisionResponse answer =
        ExplainDecisionResponse.newBuilder()
            .setDecision(
                Decision.newBuilder()
                    .setDecisionId("d1")
                    .setSurface("front")
                    .setEventTimeMillis(1_000_000_000_000L)
                    .setPolicy("learner")
                    .setModelVersion(7)
                    .addActions(Action.newBuilder().setId("a"))
                    .addActions(Action.newBuilder().setId("b"))
                    .addAllOrder(List.of(1, 0)))
            .setDecisionSource("this service's memory")
            .setModelSource("it serves now")
            .setEventsLearned(12)
            .setModelAgeMillis(1_250)
            .setExplanation(
                Explanation.newBuilder()
                    .addFacts("explores")
                    .addNotes("something is missing")
                    .addSlots(
                        SlotExplanation.newBuilder()
                            .addActions(action("a", 0.5, 0.25))
                            .addActions(action("b", -0.5, 0.75))
                            .setDraw(
                                Draw.newBuilder()
                                    .setSeed(255)
                                    .setNumber(0.5)
                                    .setActionId("b")
                                    .setLower(0.25)
                                    .setUpper(1))))
            .setReproduction(
                Reproduction.newBuilder()
                    .setOutcome(ReproductionOutcome.REPRODUCTION_OUTCOME_DIFFERENT)
                    .addDifferences("place 1: logged b, reproduced a"))
            .build();

    assertThat(new ExplanationText(answer, 1).text())
        .isEqualTo(
            """
            decision d1 on front, 2001-09-09T01:46:40Z (found in this service's memory)
            policy learner, model 7 of 12 decisions, then 1.3 s old (it serves now)
            no session was known
            - explores

            draw: seed ff gives 0.500000, in [0.250000, 1.000000) of b
            action  shown at       cost  by policy  factor  drawn with
            b              1  -0.500000          -       1    0.750000
            a              2  +0.500000          -       1    0.250000

            b: cost -0.500000 (negative is good)
              feature                       value     weight       adds
              user.device=phone * item.age      2  -0.200000  -0.400000
              3 others                                        -0.100000

            made again: DIFFERENT from what was logged
              place 1: logged b, reproduced a
            note: something is missing""");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | 10000 | 1 | 8214 | 100 | 10 | 50 | filter selected 8,214 of 10,000, retrieval kept 100 (10 at random), 50 ranked
          0 | 10000 | 3 | 80   | 80  | 0  | 80 | 3 filters selected 80 of 10,000, retrieval kept all, 80 ranked
          0 | 2000  | 0 | 2000 | 100 | 0  | 99 | all 2,000 selected, retrieval kept 100, 99 ranked
          6 | 5     | 0 | 5    | 5   | 0  | 5  | all 5 known of 6 named selected, retrieval kept all, 5 ranked
          6 | 5     | 1 | 3    | 2   | 2  | 2  | filter selected 3 of 5 known of 6 named, retrieval kept 2 (all at random), 2 ranked
          """)
  void itemsAreCountedFromAllThatThereWereToThoseRanked(
      int named,
      int known,
      int filters,
      int selected,
      int kept,
      int random,
      int ranked,
      String told) {
    ExplainDecisionResponse answer =
        ExplainDecisionResponse.newBuilder()
            .setDecision(
                Decision.newBuilder()
                    .setRetrieval(
                        ItemRetrieval.newBuilder()
                            .setNamed(named)
                            .setKnown(known)
                            .setFilters(filters)
                            .setSelected(selected)
                            .setKept(kept)
                            .setRandom(random)
                            .setRanked(ranked)))
            .build();

    assertThat(new ExplanationText(answer, 1).text().lines()).contains("items: " + told);
  }

  private static ActionExplanation action(String id, double score, double probability) {
    return ActionExplanation.newBuilder()
        .setActionId(id)
        .setScore(score)
        .setFactor(1)
        .setProbability(probability)
        .addContributions(
            Contribution.newBuilder()
                .addParts(
                    FeaturePart.newBuilder()
                        .setNamespace("user")
                        .setFeature("device")
                        .setText("phone")
                        .setValue(1))
                .addParts(
                    FeaturePart.newBuilder().setNamespace("item").setFeature("age").setValue(2))
                .setValue(2)
                .setWeight(-0.2)
                .setContribution(-0.4))
        .setOthers(-0.1)
        .setOtherCount(3)
        .build();
  }
}
