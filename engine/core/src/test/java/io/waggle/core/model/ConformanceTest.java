package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.evaluate.WeightedRewards;
import io.waggle.core.policy.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Vowpal Wabbit's own test cases through our reader, encoder, learner and estimator: every
 * contextual-bandit case of {@code vw-conformance/cases.json} in the data folder. Expected
 * predictions have 6 digits; which of several equally probable actions comes first is not compared.
 * Our encoding gives every action its id for a feature; {@code --ignore a} takes that namespace out
 * again.
 *
 * <p>VW's update rounds as the processor does (docs/decisions/0027): the figures are Intel's, other
 * makes differ by a few 1e-5 once something is learned.
 */
class ConformanceTest {
  /** The namespace of the ids: no case has another that begins with its letter. */
  static final String WITHOUT_IDS = " --ignore a";

  private static final boolean INTEL = processors().contains("GenuineIntel");
  static final double PREDICTION_TOLERANCE = INTEL ? 2e-6 : 1e-4;
  static final double LOSS_TOLERANCE = INTEL ? 1e-6 : 2e-5;
  private static final double MIN_PROPENSITY = 1e-9;

  /** Models that cases save, by name. */
  private final Map<String, byte[]> models = new HashMap<>();

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
    // In the file's order: some go on from the model that an earlier one saved.
    return cases(folder, "--cb_explore_adf").stream()
        .map(one -> DynamicTest.dynamicTest(name(one), () -> check(folder, one)));
  }

  /** The cases with an option; without the data the test is skipped. */
  static List<JsonNode> cases(Path folder, String option) throws IOException {
    Path file = folder.resolve("cases.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    List<JsonNode> cases = new ArrayList<>();
    for (JsonNode one : new ObjectMapper().readTree(file.toFile()).get("cases")) {
      if (one.get("model_args").asText().contains(option)) {
        cases.add(one);
      }
    }
    assertThat(cases).isNotEmpty();
    return cases;
  }

  static String name(JsonNode testCase) {
    return testCase.get("id").asText() + " " + testCase.get("name").asText();
  }

  private void check(Path folder, JsonNode testCase) throws Exception {
    List<LabelledExample> examples =
        LabelledExample.read(
            folder.resolve(testCase.get("input").asText()), testCase.get("format").asText());
    byte @Nullable [] model =
        testCase.has("load_model") ? models.get(testCase.get("load_model").asText()) : null;
    List<Prediction> predictions = new ArrayList<>();
    try (Learner learner =
        Learners.open(testCase.get("model_args").asText() + WITHOUT_IDS, model, MIN_PROPENSITY)) {
      for (LabelledExample one : examples) {
        predictions.add(
            testCase.get("learn").asBoolean() && !one.outcomes().isEmpty()
                ? learn(learner, one)
                : learner.predict(one.example()));
      }
      if (testCase.has("save_model_as")) {
        models.put(testCase.get("save_model_as").asText(), learner.modelBytes());
      }
    }
    compare(folder, testCase.get("expected"), examples, predictions);
  }

  private static Prediction learn(Learner learner, LabelledExample one)
      throws RejectedExampleException {
    SlotOutcome label = one.outcomes().get(0);
    return learner.learn(one.example(), label.action(), label.cost(), label.propensity());
  }

  private static void compare(
      Path folder, JsonNode expected, List<LabelledExample> examples, List<Prediction> predictions)
      throws IOException {
    if (expected.has("examples")) {
      assertThat(examples).hasSize(expected.get("examples").asInt());
    }
    if (expected.has("average_loss")) {
      assertThat(-value(examples, predictions).ips())
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

  /** VW's average loss is minus the value of what it predicts, by inverse propensity scores. */
  private static WeightedRewards value(
      List<LabelledExample> examples, List<Prediction> predictions) {
    WeightedRewards value = WeightedRewards.NONE;
    for (int i = 0; i < examples.size(); i++) {
      for (SlotOutcome label : examples.get(i).outcomes()) {
        double probability = predictions.get(i).probabilities()[label.action()];
        value = value.plus(probability / label.propensity(), -label.cost());
      }
    }
    return value;
  }
}
