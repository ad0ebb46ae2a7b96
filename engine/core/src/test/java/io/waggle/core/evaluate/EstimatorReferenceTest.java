package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.waggle.v1.PolicyEvaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Estimates and intervals against the recorded results of another implementation: every bandit case
 * of {@code estimators/reference.json} in the data folder.
 */
class EstimatorReferenceTest {
  /** The recorded intervals use this and do not clip their predictions. */
  private static final double REFERENCE_RHO = 1;

  @TestFactory
  Stream<DynamicTest> everyBanditCaseIsReproduced() throws IOException {
    Path file = Path.of(System.getProperty("waggle.data", ""), "estimators", "reference.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    Struct.Builder reference = Struct.newBuilder();
    JsonFormat.parser().merge(Files.readString(file), reference);
    List<Value> cases = reference.getFieldsOrThrow("cases").getListValue().getValuesList();
    assertThat(cases).isNotEmpty();
    return cases.stream()
        .map(Value::getStructValue)
        .filter(c -> c.getFieldsOrThrow("kind").getStringValue().equals("bandit"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.getFieldsOrThrow("name").getStringValue(), () -> check(c)));
  }

  private static void check(Struct banditCase) {
    Struct parameters = struct(banditCase, "parameters");
    Log log =
        new Log(
            struct(banditCase, "input"), number(parameters, "rmin"), number(parameters, "rmax"));
    Struct expected = struct(banditCase, "expected");

    estimates(log, expected);
    // Intervals of a thinned log count the dropped decisions too: another definition than ours.
    if (number(parameters, "p_drop") == 0) {
      struct(expected, "intervals")
          .getFieldsMap()
          .forEach(
              (name, intervals) ->
                  interval(
                      log,
                      Double.parseDouble(name.substring("alpha=".length())),
                      list(intervals.getStructValue(), "confidence_sequence")));
    }
  }

  private static void estimates(Log log, Struct expected) {
    PolicyEvaluator evaluator = new PolicyEvaluator(log.rewardMin, log.rewardMax, 0.05);
    for (int i = 0; i < log.rewards.length; i++) {
      evaluator.add(log.targets[i], log.propensities[i], log.rewards[i]);
    }
    PolicyEvaluation evaluation = evaluator.evaluate().build();

    assertThat(evaluation.getRejected()).isZero();
    assertThat(evaluation.getIps()).isCloseTo(number(expected, "ips"), within(1e-9));
    Value snips = expected.getFieldsOrThrow("snips");
    assertThat(evaluation.getNoOverlap()).isEqualTo(snips.hasNullValue());
    if (!snips.hasNullValue()) {
      assertThat(evaluation.getSnips()).isCloseTo(snips.getNumberValue(), within(1e-9));
      assertThat(evaluation.getEffectiveSampleSize())
          .isCloseTo(number(struct(expected, "moments"), "effective_sample_size"), within(1e-6));
    }
  }

  private static void interval(Log log, double alpha, double[] expected) {
    DriftingLowerBound below = new DriftingLowerBound(REFERENCE_RHO, false);
    DriftingLowerBound above = new DriftingLowerBound(REFERENCE_RHO, false);
    for (int i = 0; i < log.rewards.length; i++) {
      double weight = log.targets[i] / log.propensities[i];
      double scaled = (log.rewards[i] - log.rewardMin) / (log.rewardMax - log.rewardMin);
      below.add(weight * scaled);
      above.add(weight * (1 - scaled));
    }
    double range = log.rewardMax - log.rewardMin;

    assertThat(log.rewardMin + range * below.lower(alpha / 2)).isCloseTo(expected[0], within(1e-6));
    assertThat(log.rewardMin + range * (1 - above.lower(alpha / 2)))
        .isCloseTo(expected[1], within(1e-6));
  }

  private static Struct struct(Struct parent, String name) {
    return parent.getFieldsOrThrow(name).getStructValue();
  }

  private static double number(Struct parent, String name) {
    return parent.getFieldsOrThrow(name).getNumberValue();
  }

  private static double[] list(Struct parent, String name) {
    ListValue values = parent.getFieldsOrThrow(name).getListValue();
    return values.getValuesList().stream().mapToDouble(Value::getNumberValue).toArray();
  }

  /** A case's columns. */
  private static final class Log {
    private final double[] propensities;
    private final double[] targets;
    private final double[] rewards;
    private final double rewardMin;
    private final double rewardMax;

    Log(Struct input, double rewardMin, double rewardMax) {
      this.propensities = list(input, "p_log");
      this.targets = list(input, "p_pred");
      this.rewards = list(input, "r");
      this.rewardMin = rewardMin;
      this.rewardMax = rewardMax;
    }
  }
}
