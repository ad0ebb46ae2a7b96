package io.waggle.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Estimates and intervals against the recorded results of another implementation: every figure of
 * every case of {@code estimators/reference.json} in the data folder. A kind of case, a figure or
 * an interval that this test does not know fails it.
 */
class EstimatorReferenceTest {
  /** The recorded intervals use this and do not clip their predictions. */
  private static final double REFERENCE_RHO = 1;

  private static final double INTERVAL_TOLERANCE = 1e-6;
  private static final double RELATIVE = 1e-9;

  @TestFactory
  Stream<DynamicNode> everyFigureOfEveryCaseIsReproduced() throws IOException {
    Path file = Path.of(System.getProperty("waggle.data", ""), "estimators", "reference.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    Struct.Builder reference = Struct.newBuilder();
    JsonFormat.parser().merge(Files.readString(file), reference);
    List<Value> cases = reference.getFieldsOrThrow("cases").getListValue().getValuesList();
    assertThat(cases).isNotEmpty();
    return cases.stream()
        .map(Value::getStructValue)
        .map(
            each ->
                DynamicContainer.dynamicContainer(
                    each.getFieldsOrThrow("name").getStringValue(), figures(each)));
  }

  private static List<DynamicTest> figures(Struct recorded) {
    String kind = recorded.getFieldsOrThrow("kind").getStringValue();
    Computed computed =
        switch (kind) {
          case "bandit" -> new BanditCase(recorded);
          case "slates" -> new SlatesCase(recorded);
          default -> throw new AssertionError("kind: " + kind + " (expected: bandit or slates)");
        };
    List<DynamicTest> tests = new ArrayList<>();
    Struct expected = struct(recorded, "expected");
    expected
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              switch (name) {
                case "intervals" ->
                    each(
                        value,
                        (alpha, intervals) ->
                            each(
                                intervals,
                                (method, ends) ->
                                    tests.add(
                                        test(
                                            method + " " + alpha,
                                            ends,
                                            each ->
                                                check(
                                                    computed.interval(
                                                        method,
                                                        Double.parseDouble(
                                                            alpha.substring("alpha=".length()))),
                                                    each)))));
                case "moments" ->
                    each(
                        value,
                        (moment, number) ->
                            tests.add(
                                test(
                                    moment,
                                    number,
                                    each -> check(computed.estimate(moment), each))));
                default ->
                    tests.add(test(name, value, each -> check(computed.estimate(name), each)));
              }
            });
    return tests;
  }

  private static void each(Value parent, BiConsumer<String, Value> action) {
    parent.getStructValue().getFieldsMap().forEach(action);
  }

  private static DynamicTest test(String name, Value expected, Consumer<Value> check) {
    return DynamicTest.dynamicTest(name, () -> check.accept(expected));
  }

  /** Null: the other implementation gives none, and neither do we. */
  private static void check(OptionalDouble ours, Value expected) {
    if (expected.hasNullValue()) {
      assertThat(ours).isEmpty();
    } else {
      double value = expected.getNumberValue();
      assertThat(ours.orElseThrow()).isCloseTo(value, within(RELATIVE * Math.abs(value)));
    }
  }

  private static void check(Interval ours, Value expected) {
    List<Value> ends = expected.getListValue().getValuesList();
    assertThat(ends).hasSize(2);
    check(ours.lower(), real(ends.get(0)));
    check(ours.upper(), real(ends.get(1)));
  }

  private static void check(double end, double expected) {
    if (Double.isInfinite(expected)) {
      assertThat(end).isEqualTo(expected);
    } else {
      assertThat(end).isCloseTo(expected, within(INTERVAL_TOLERANCE));
    }
  }

  /** What we compute of a case, by the recorded names. */
  private interface Computed {
    OptionalDouble estimate(String name);

    Interval interval(String method, double alpha);
  }

  /** Decisions of one action. */
  private static final class BanditCase implements Computed {
    private final double rewardMin;
    private final double rewardMax;
    private final WeightRange possible;
    private final double dropProbability;
    private final double[] weights;
    private final double[] rewards;
    private final double[] drops;

    /** As logged. */
    private final WeightedRewards sums;

    /** With what was dropped. */
    private final WeightedRewards whole;

    /** Through what the job runs. */
    private final PolicyEvaluator evaluator;

    BanditCase(Struct recorded) {
      Struct parameters = struct(recorded, "parameters");
      Struct input = struct(recorded, "input");
      rewardMin = number(parameters, "rmin");
      rewardMax = number(parameters, "rmax");
      possible = new WeightRange(number(parameters, "wmin"), number(parameters, "wmax"));
      dropProbability = number(parameters, "p_drop");
      double[] propensities = list(input, "p_log");
      double[] targets = list(input, "p_pred");
      rewards = list(input, "r");
      drops = new double[rewards.length];
      Arrays.fill(drops, dropProbability / (1 - dropProbability));
      weights = new double[rewards.length];
      evaluator = new PolicyEvaluator(rewardMin, rewardMax, 0.05);
      WeightedRewards logged = WeightedRewards.NONE;
      WeightedRewards withDropped = WeightedRewards.NONE;
      double[] recordedDrops = input.containsFields("n_drop") ? list(input, "n_drop") : drops;
      for (int i = 0; i < rewards.length; i++) {
        weights[i] = targets[i] / propensities[i];
        drops[i] = recordedDrops[i];
        logged = logged.plus(weights[i], rewards[i]);
        withDropped =
            withDropped.plus(weights[i] / (1 - dropProbability), rewards[i]).plusDropped(drops[i]);
        evaluator.add(targets[i], propensities[i], rewards[i]);
      }
      sums = logged;
      whole = withDropped;
    }

    @Override
    public OptionalDouble estimate(String name) {
      return switch (name) {
        case "ips" -> {
          assertThat(evaluator.evaluate().getIps()).isEqualTo(sums.ips());
          yield OptionalDouble.of(sums.ips());
        }
        case "snips" -> overlapping(sums.snips(), evaluator.evaluate().getSnips());
        case "effective_sample_size" ->
            overlapping(sums.effectiveSampleSize(), evaluator.evaluate().getEffectiveSampleSize());
        case "mle" -> likelihood();
        case "cressie_read" -> new CressieRead(possible).estimate(sums);
        case "n" -> OptionalDouble.of(sums.count());
        case "sum_w" -> OptionalDouble.of(sums.weights());
        case "sum_w2" -> OptionalDouble.of(sums.weightsSquared());
        case "sum_wr" -> OptionalDouble.of(sums.weightedRewards());
        case "sum_w2r" -> OptionalDouble.of(sums.weightsSquaredRewards());
        case "sum_w2r2" -> OptionalDouble.of(sums.weightedRewardsSquared());
        case "sum_r" -> OptionalDouble.of(sums.rewards());
        case "max_w" -> OptionalDouble.of(sums.weightMax());
        case "second_moment_wr" -> OptionalDouble.of(sums.weightedRewardsSquared() / sums.count());
        default -> throw new AssertionError("no such estimate: " + name);
      };
    }

    /**
     * Where the weights average exactly 1 and have no upper end, the likelihood is largest at the
     * least beta. There the other implementation's search falls to the largest, where it is
     * smallest; what it records is our formula's value at that end.
     */
    private OptionalDouble likelihood() {
      OptionalDouble estimate = EmpiricalLikelihood.estimate(weights, rewards, possible);
      if (sums.weights() == sums.count() && Double.isInfinite(possible.max())) {
        assertThat(estimate.orElseThrow()).isCloseTo(sums.ips(), within(RELATIVE));
        EmpiricalLikelihood likelihood = new EmpiricalLikelihood(weights, rewards);
        return OptionalDouble.of(likelihood.value(likelihood.largestBeta(possible)));
      }
      return estimate;
    }

    /** Empty where the evaluation says that there is no overlap. */
    private OptionalDouble overlapping(double ours, double evaluated) {
      assertThat(evaluated).isEqualTo(ours);
      return evaluator.evaluate().getNoOverlap() ? OptionalDouble.empty() : OptionalDouble.of(ours);
    }

    @Override
    public Interval interval(String method, double alpha) {
      return switch (method) {
        case "gaussian" -> GaussianInterval.of(whole, alpha);
        case "clopper_pearson" -> ClopperPearson.interval(whole, rewardMin, rewardMax, alpha);
        case "cressie_read" ->
            new CressieRead(possible).interval(whole, rewardMin, rewardMax, alpha);
        case "confidence_sequence" -> sequence(alpha);
        default -> throw new AssertionError("no such interval: " + method);
      };
    }

    private Interval sequence(double alpha) {
      DriftingLowerBound below = new DriftingLowerBound(REFERENCE_RHO, false);
      DriftingLowerBound above = new DriftingLowerBound(REFERENCE_RHO, false);
      double range = rewardMax - rewardMin;
      for (int i = 0; i < rewards.length; i++) {
        double weight = weights[i] / (1 - dropProbability);
        double scaled = (rewards[i] - rewardMin) / range;
        below.add(weight * scaled, drops[i]);
        above.add(weight * (1 - scaled), drops[i]);
      }
      return new Interval(
          rewardMin + range * below.lower(alpha / 2),
          rewardMin + range * (1 - above.lower(alpha / 2)));
    }
  }

  /** Decisions of several slots with one reward. */
  private static final class SlatesCase implements Computed {
    private final PseudoInverse estimator = new PseudoInverse();

    SlatesCase(Struct recorded) {
      for (Value row : recorded.getFieldsOrThrow("input").getListValue().getValuesList()) {
        Struct decision = row.getStructValue();
        estimator.add(
            list(decision, "p_pred"),
            list(decision, "p_log"),
            number(decision, "r"),
            number(decision, "count"));
      }
    }

    @Override
    public OptionalDouble estimate(String name) {
      if (!name.equals("pseudo_inverse")) {
        throw new AssertionError("no such estimate: " + name);
      }
      return estimator.estimate();
    }

    @Override
    public Interval interval(String method, double alpha) {
      if (!method.equals("gaussian")) {
        throw new AssertionError("no such interval: " + method);
      }
      return estimator.gaussian(alpha);
    }
  }

  private static Struct struct(Struct parent, String name) {
    return parent.getFieldsOrThrow(name).getStructValue();
  }

  private static double number(Struct parent, String name) {
    return real(parent.getFieldsOrThrow(name));
  }

  private static double real(Value value) {
    return switch (value.getStringValue()) {
      case "" -> value.getNumberValue();
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> throw new AssertionError("no number: " + value);
    };
  }

  private static double[] list(Struct parent, String name) {
    ListValue values = parent.getFieldsOrThrow(name).getListValue();
    return values.getValuesList().stream().mapToDouble(Value::getNumberValue).toArray();
  }
}
