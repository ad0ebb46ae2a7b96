package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.policy.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Vowpal Wabbit's own test cases through our learner's text path: every contextual-bandit case of
 * {@code vw-conformance/cases.json} in the data folder. Expected predictions have 6 digits; which
 * of several equally probable actions comes first is not compared.
 *
 * <p>VW's update rounds as the processor does (docs/decisions/0027): the figures are Intel's, other
 * makes differ by a few 1e-5 once something is learned.
 */
class ConformanceTest {
  private static final boolean INTEL = processors().contains("GenuineIntel");
  static final double PREDICTION_TOLERANCE = INTEL ? 2e-6 : 1e-4;
  static final double LOSS_TOLERANCE = INTEL ? 1e-6 : 2e-5;
  private static final Pattern LABEL = Pattern.compile("(?m)^0:([^: ]+):([^: ]+) ");

  /** Models that cases save, by name. */
  private final Map<String, byte[]> models = new HashMap<>();

  /**
   * An example of a case.
   *
   * @param text its lines, each with its newline
   * @param chosen the labelled action; -1: none is
   */
  private record Line(String text, int actions, int chosen, double cost, double propensity) {
    static Line of(String text) {
      Matcher label = LABEL.matcher(text);
      List<String> lines = text.lines().filter(line -> !line.startsWith("shared")).toList();
      if (!label.find()) {
        return new Line(text, lines.size(), -1, 0, 1);
      }
      int chosen = 0;
      while (!LABEL.matcher(lines.get(chosen)).find()) {
        chosen++;
      }
      return new Line(
          text,
          lines.size(),
          chosen,
          Double.parseDouble(label.group(1)),
          Double.parseDouble(label.group(2)));
    }
  }

  private static String processors() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"));
    } catch (IOException e) {
      return "";
    }
  }

  @TestFactory
  Stream<DynamicTest> everyContextualBanditCaseIsReproduced() throws IOException {
    Path folder = Path.of(System.getProperty("waggle.data", ""), "vw-conformance");
    Path file = folder.resolve("cases.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    List<JsonNode> cases = new ArrayList<>();
    for (JsonNode one : new ObjectMapper().readTree(file.toFile()).get("cases")) {
      if (one.get("model_args").asText().contains("--cb_explore_adf")) {
        cases.add(one);
      }
    }
    assertThat(cases).isNotEmpty();
    // In the file's order: some go on from the model that an earlier one saved.
    return cases.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("id").asText() + " " + one.get("name").asText(),
                    () -> check(folder, one)));
  }

  private void check(Path folder, JsonNode testCase) throws Exception {
    List<Line> lines = lines(folder.resolve(testCase.get("input").asText()), testCase);
    byte @Nullable [] model =
        testCase.has("load_model") ? models.get(testCase.get("load_model").asText()) : null;
    List<Prediction> predictions = new ArrayList<>();
    try (VowpalWabbitLearner learner =
        VowpalWabbitLearner.open(testCase.get("model_args").asText(), model)) {
      for (Line line : lines) {
        predictions.add(
            testCase.get("learn").asBoolean()
                ? learner.learnText(line.text(), line.actions())
                : learner.predictText(line.text(), line.actions()));
      }
      if (testCase.has("save_model_as")) {
        models.put(testCase.get("save_model_as").asText(), learner.modelBytes());
      }
    }
    compare(folder, testCase.get("expected"), lines, predictions);
  }

  private static List<Line> lines(Path input, JsonNode testCase) throws IOException {
    String text = Files.readString(input);
    if (testCase.get("format").asText().equals("text")) {
      return Stream.of(text.split("\n\\s*\n"))
          .filter(example -> !example.isBlank())
          .map(example -> Line.of(example.stripTrailing() + "\n"))
          .toList();
    }
    List<Line> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      lines.add(Line.of(DecisionServiceJson.text(new ObjectMapper().readTree(line))));
    }
    return lines;
  }

  private static void compare(
      Path folder, JsonNode expected, List<Line> lines, List<Prediction> predictions)
      throws IOException {
    if (expected.has("examples")) {
      assertThat(lines).hasSize(expected.get("examples").asInt());
    }
    if (expected.has("average_loss")) {
      assertThat(averageLoss(lines, predictions))
          .isCloseTo(expected.get("average_loss").asDouble(), within(LOSS_TOLERANCE));
    }
    if (expected.has("predictions")) {
      List<String> wanted =
          Files.readAllLines(folder.resolve(expected.get("predictions").asText())).stream()
              .filter(line -> !line.isBlank())
              .toList();
      assertThat(predictions).hasSameSizeAs(wanted);
      for (int i = 0; i < wanted.size(); i++) {
        compare(wanted.get(i), predictions.get(i));
      }
    }
  }

  private static void compare(String wanted, Prediction prediction) {
    String[] pairs = wanted.split(",", -1);
    double[] probabilities = new double[pairs.length];
    for (String pair : pairs) {
      String[] parts = pair.split(":", -1);
      probabilities[Integer.parseInt(parts[0])] = Double.parseDouble(parts[1]);
    }
    assertThat(prediction.probabilities())
        .containsExactly(probabilities, within(PREDICTION_TOLERANCE));
    double most = DoubleStream.of(prediction.probabilities()).max().orElseThrow();
    assertThat(prediction.probabilities()[prediction.order()[0]])
        .isCloseTo(most, within(PREDICTION_TOLERANCE));
  }

  private static double averageLoss(List<Line> lines, List<Prediction> predictions) {
    double sum = 0;
    int labelled = 0;
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      if (line.chosen() >= 0) {
        labelled++;
        sum += line.cost() / line.propensity() * predictions.get(i).probabilities()[line.chosen()];
      }
    }
    return sum / labelled;
  }
}
