package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import vowpalWabbit.responses.ActionScore;
import vowpalWabbit.responses.DecisionScores;

/**
 * Vowpal Wabbit's own test cases of several slots through our learner's text path: every {@code
 * --ccb_explore_adf} case of {@code vw-conformance/cases.json} in the data folder. VW's loss of
 * such cases counts the first slot only. Tolerances as in {@link ConformanceTest}.
 */
class SlotConformanceTest {
  private static final Pattern FIRST_SLOT =
      Pattern.compile("(?m)^ccb slot (?:(\\d+):([^:]+):(\\S+) )?.*$");
  private static final Pattern ANY_LABEL = Pattern.compile("(?m)^ccb slot \\d+:");

  @TestFactory
  Stream<DynamicTest> everyCaseOfSeveralSlotsIsReproduced() throws IOException {
    Path folder = Path.of(System.getProperty("waggle.data", ""), "vw-conformance");
    Path file = folder.resolve("cases.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    List<JsonNode> cases = new ArrayList<>();
    for (JsonNode one : new ObjectMapper().readTree(file.toFile()).get("cases")) {
      if (one.get("model_args").asText().contains("--ccb_explore_adf")) {
        cases.add(one);
      }
    }
    assertThat(cases).isNotEmpty();
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("id").asText() + " " + one.get("name").asText(),
                    () -> check(folder, one)));
  }

  private static void check(Path folder, JsonNode testCase) throws Exception {
    List<String> examples = examples(folder.resolve(testCase.get("input").asText()), testCase);
    JsonNode expected = testCase.get("expected");
    List<String> wanted =
        expected.has("predictions")
            ? List.of(
                Files.readString(folder.resolve(expected.get("predictions").asText()))
                    .split("\n\n"))
            : List.of();
    double loss = 0;
    int labelled = 0;
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open(testCase.get("model_args").asText(), null)) {
      for (int i = 0; i < examples.size(); i++) {
        String text = examples.get(i);
        DecisionScores answer = (DecisionScores) learner.learnAnswer(text);
        if (!wanted.isEmpty()) {
          compare(wanted.get(i), answer);
        }
        Matcher first = FIRST_SLOT.matcher(text);
        assertThat(first.find()).isTrue();
        if (first.group(1) != null) {
          int action = Integer.parseInt(first.group(1));
          loss +=
              Double.parseDouble(first.group(2))
                  / Double.parseDouble(first.group(3))
                  * probabilities(answer, 0).getOrDefault(action, Double.NaN);
        }
        labelled += ANY_LABEL.matcher(text).find() ? 1 : 0;
      }
    }
    assertThat(examples).hasSize(expected.get("examples").asInt());
    assertThat(loss / labelled)
        .isCloseTo(expected.get("average_loss").asDouble(), within(ConformanceTest.LOSS_TOLERANCE));
  }

  private static List<String> examples(Path input, JsonNode testCase) throws IOException {
    String text = Files.readString(input);
    if (testCase.get("format").asText().equals("text")) {
      return Stream.of(text.split("\n\\s*\n"))
          .filter(example -> !example.isBlank())
          .map(example -> example.stripTrailing() + "\n")
          .toList();
    }
    List<String> examples = new ArrayList<>();
    for (String line : text.lines().toList()) {
      examples.add(DecisionServiceJson.slotsText(new ObjectMapper().readTree(line)));
    }
    return examples;
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

  private static Map<Integer, Double> probabilities(DecisionScores answer, int slot) {
    Map<Integer, Double> probabilities = new HashMap<>();
    for (ActionScore one : answer.getDecisionScores()[slot].getActionScores()) {
      probabilities.put(one.getAction(), (double) one.getScore());
    }
    return probabilities;
  }
}
