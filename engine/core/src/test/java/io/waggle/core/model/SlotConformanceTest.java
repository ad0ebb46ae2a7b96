package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.evaluate.WeightedRewards;
import io.waggle.core.feature.Example;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Decision;
import io.waggle.v1.SlotReward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import vowpalWabbit.responses.ActionScore;
import vowpalWabbit.responses.DecisionScores;

/**
 * Vowpal Wabbit's own test cases of several slots through our reader, encoder, learner and
 * estimator: every {@code --ccb_explore_adf} case of {@code vw-conformance/cases.json} in the data
 * folder. VW's loss of such cases counts the first slot only. Tolerances as in {@link
 * ConformanceTest}; ids are ignored as there, those of slots too.
 */
class SlotConformanceTest {
  private static final String WITHOUT_IDS = ConformanceTest.WITHOUT_IDS + " --ignore S";

  private final Path folder = Path.of(System.getProperty("waggle.data", ""), "vw-conformance");

  @TestFactory
  Stream<DynamicTest> everyCaseOfSeveralSlotsIsReproduced() throws IOException {
    return ConformanceTest.cases(folder, "--ccb_explore_adf").stream()
        .map(one -> DynamicTest.dynamicTest(ConformanceTest.name(one), () -> check(one)));
  }

  /** What of VW's {@code --extra_metrics} is about the log and not about VW's insides. */
  @TestFactory
  Stream<DynamicTest> metricsOfTheLogAreReproduced() throws IOException {
    return ConformanceTest.cases(folder, "--ccb_explore_adf").stream()
        .filter(one -> one.get("expected").has("metrics"))
        .map(one -> DynamicTest.dynamicTest(ConformanceTest.name(one), () -> checkMetrics(one)));
  }

  private void check(JsonNode testCase) throws Exception {
    List<LabelledExample> examples =
        LabelledExample.read(
            folder.resolve(testCase.get("input").asText()), testCase.get("format").asText());
    JsonNode expected = testCase.get("expected");
    List<String> wanted =
        expected.has("predictions")
            ? List.of(
                Files.readString(folder.resolve(expected.get("predictions").asText()))
                    .split("\n\n"))
            : List.of();
    WeightedRewards value = WeightedRewards.NONE;
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open(testCase.get("model_args").asText() + WITHOUT_IDS, null)) {
      for (int i = 0; i < examples.size(); i++) {
        LabelledExample one = examples.get(i);
        boolean labelled = !one.outcomes().isEmpty();
        if (labelled) {
          SlotOutcome first = one.outcomes().get(0);
          double predicted =
              learner.predictSlot(one.example(), new int[0]).probabilities()[first.action()];
          value = value.plus(predicted / first.propensity(), -first.cost());
        }
        if (wanted.isEmpty() && labelled) {
          learner.learnSlots(one.example(), one.outcomes());
        } else if (labelled) {
          // VW prints what it predicts for a slot after it has learned those before.
          compare(wanted.get(i), (DecisionScores) learner.learnAnswer(labelled(one)));
        } else if (!wanted.isEmpty()) {
          compareUnlabelled(wanted.get(i), learner, one.example());
        }
      }
    }
    assertThat(examples).hasSize(expected.get("examples").asInt());
    assertThat(-value.ips())
        .isCloseTo(expected.get("average_loss").asDouble(), within(ConformanceTest.LOSS_TOLERANCE));
  }

  private void checkMetrics(JsonNode testCase) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(folder.resolve(testCase.get("expected").get("metrics").asText()).toFile());
    List<LoggedDecision> decisions =
        LabelledExample.decisions(folder.resolve(testCase.get("input").asText()));

    List<SlotReward> rewards =
        decisions.stream().flatMap(one -> one.joined().getSlotRewardsList().stream()).toList();
    assertThat(decisions).hasSize(expected.get("total_learn_calls").asInt());
    assertThat(rewards).hasSize(expected.get("cbea_labeled_ex").asInt());
    assertThat(rewards.stream().filter(one -> one.getReward() != 0))
        .hasSize(expected.get("cbea_non_zero_cost").asInt());
    assertThat(-rewards.stream().mapToDouble(SlotReward::getReward).sum())
        .isCloseTo(expected.get("cbea_sum_cost").asDouble(), within(1e-5));
    assertThat(
            -decisions.stream()
                .mapToDouble(one -> one.joined().getSlotRewards(0).getReward())
                .sum())
        .isCloseTo(expected.get("dsjson_sum_cost_original_first_slot").asDouble(), within(1e-5));
    assertThat(
            decisions.stream()
                .flatMap(one -> one.joined().getDecision().getSlotsList().stream())
                .filter(slot -> slot.getAction() == 0))
        .hasSize(expected.get("cbea_label_first_action").asInt());
    Decision first = decisions.get(0).joined().getDecision();
    Decision last = decisions.get(decisions.size() - 1).joined().getDecision();
    assertThat(first.getDecisionId()).isEqualTo(expected.get("first_event_id").asText());
    assertThat(last.getDecisionId()).isEqualTo(expected.get("last_event_id").asText());
    assertThat(first.getEventTimeMillis()).isEqualTo(millis(expected.get("first_event_time")));
    assertThat(last.getEventTimeMillis()).isEqualTo(millis(expected.get("last_event_time")));
  }

  private static long millis(JsonNode time) {
    return LocalDateTime.parse(time.asText()).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static String labelled(LabelledExample one) {
    List<SlotOutcome> slots = one.outcomes();
    return one.example()
        .labelledSlotsText(
            slots.stream().mapToInt(SlotOutcome::action).toArray(),
            slots.stream().mapToDouble(SlotOutcome::cost).toArray(),
            slots.stream().mapToDouble(SlotOutcome::propensity).toArray());
  }

  /** A line per slot; the first action of a line is the one chosen or drawn. */
  private static void compare(String wanted, DecisionScores answer) {
    String[] lines = wanted.strip().split("\n", -1);
    assertThat(answer.getDecisionScores()).hasSameSizeAs(lines);
    for (int slot = 0; slot < lines.length; slot++) {
      Map<Integer, Double> probabilities = probabilities(answer, slot);
      String[] pairs = lines[slot].split(",", -1);
      assertThat(probabilities).hasSameSizeAs(pairs);
      for (String pair : pairs) {
        String[] parts = pair.split(":", -1);
        assertThat(probabilities.get(Integer.parseInt(parts[0])))
            .isCloseTo(Double.parseDouble(parts[1]), within(ConformanceTest.PREDICTION_TOLERANCE));
      }
      assertThat(answer.getDecisionScores()[slot].getActionScores()[0].getAction())
          .isEqualTo(Integer.parseInt(pairs[0].split(":", -1)[0]));
    }
  }

  /** Slot by slot, given what VW drew for those before. */
  private static void compareUnlabelled(
      String wanted, VowpalWabbitLearner learner, Example example) {
    String[] lines = wanted.strip().split("\n", -1);
    int[] drawn = new int[lines.length];
    for (int slot = 0; slot < lines.length; slot++) {
      double[] probabilities =
          learner.predictSlot(example, Arrays.copyOf(drawn, slot)).probabilities();
      String[] pairs = lines[slot].split(",", -1);
      for (String pair : pairs) {
        String[] parts = pair.split(":", -1);
        assertThat(probabilities[Integer.parseInt(parts[0])])
            .isCloseTo(Double.parseDouble(parts[1]), within(ConformanceTest.PREDICTION_TOLERANCE));
      }
      drawn[slot] = Integer.parseInt(pairs[0].split(":", -1)[0]);
    }
  }

  private static Map<Integer, Double> probabilities(DecisionScores answer, int slot) {
    Map<Integer, Double> probabilities = new HashMap<>();
    for (ActionScore one : answer.getDecisionScores()[slot].getActionScores()) {
      probabilities.put(one.getAction(), (double) one.getScore());
    }
    return probabilities;
  }
}
