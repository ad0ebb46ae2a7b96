package io.waggle.benchmarks.delay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.app.report.LineChart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints and writes what learning late rewards is worth by method. {@code waggle bench delay}. The
 * chart shows the value over time in the world of clicks.
 */
@Command(
    name = "delay",
    mixinStandardHelpOptions = true,
    description = "Rewards that come late, in simulation, by when and how they are learned.")
public final class DelayCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final List<String> COLORS = List.of("#888", "#c60", "#06c", "#080");

  @Option(names = "--seeds", description = "seeds 1 to this; default: ${DEFAULT-VALUE}")
  private int seeds = 30;

  @Option(names = "--windows", description = "length of a run; default: ${DEFAULT-VALUE}")
  private int windows = 5;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/delay.json");

  @Option(names = "--chart", description = "chart; default: ${DEFAULT-VALUE}")
  private Path chart = Path.of("benchmarks/target/delay.svg");

  @Override
  public Integer call() throws Exception {
    System.out.printf(
        "%-9s %-12s %28s %32s %24s %24s%n",
        "world",
        "method",
        "seconds to 90 % (quartiles)",
        "share of the best, windows 0-1..",
        "uniform: error, covered",
        "learner: error, covered");
    List<DelayTrial.Result> results = new ArrayList<>();
    for (DelayWorld.Kind kind : DelayWorld.Kind.values()) {
      for (Method method : Method.values()) {
        DelayTrial.Result result = new DelayTrial(kind, method, seeds, windows).run();
        print(result);
        results.add(result);
      }
    }
    Files.writeString(out, json(results));
    Files.writeString(chart, chart(results));
    System.out.printf("%nWritten to %s and %s.%n", out, chart);
    return 0;
  }

  private void print(DelayTrial.Result result) {
    double[] reached = result.reachedSeconds();
    StringBuilder values = new StringBuilder();
    for (int window = 0; window < windows; window++) {
      values.append(String.format(Locale.ROOT, " %.2f", result.meanValue(window, window + 1)));
    }
    System.out.printf(
        Locale.ROOT,
        "%-9s %-12s %10.0f (%.0f, %.0f) %28s %24s %24s%n",
        result.trial().kind(),
        result.trial().method(),
        result.medianReachedSeconds(),
        reached[reached.length / 4],
        reached[3 * reached.length / 4],
        values,
        estimate(result.uniformErrors(), result.uniformCovered()),
        estimate(result.learnerErrors(), result.learnerCovered()));
  }

  private static String estimate(double[] errors, double covered) {
    return String.format(
        Locale.ROOT, "%+.4f ± %.4f, %.2f", mean(errors), standardError(errors), covered);
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  static double standardError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }

  private String json(List<DelayTrial.Result> results) throws Exception {
    ObjectNode root = JSON.createObjectNode();
    root.put("seeds", seeds).put("windows", windows).put("jdk", Runtime.version().toString());
    ArrayNode rows = root.putArray("results");
    for (DelayTrial.Result result : results) {
      double[] reached = result.reachedSeconds();
      ObjectNode row =
          rows.addObject()
              .put("world", result.trial().kind().name())
              .put("method", result.trial().method().name())
              .put("seconds_to_90_percent_median", result.medianReachedSeconds())
              .put("seconds_to_90_percent_lower_quartile", reached[reached.length / 4])
              .put("seconds_to_90_percent_upper_quartile", reached[3 * reached.length / 4])
              .put("uniform_mean_error", mean(result.uniformErrors()))
              .put("uniform_standard_error", standardError(result.uniformErrors()))
              .put("uniform_covered", result.uniformCovered())
              .put("learner_mean_error", mean(result.learnerErrors()))
              .put("learner_standard_error", standardError(result.learnerErrors()))
              .put("learner_covered", result.learnerCovered());
      ArrayNode values = row.putArray("value_by_window");
      for (int window = 0; window < windows; window++) {
        values.add(result.meanValue(window, window + 1));
      }
    }
    return JSON.writeValueAsString(root) + "\n";
  }

  private String chart(List<DelayTrial.Result> results) {
    LineChart lines =
        new LineChart(
            "Rewards that come late: share of the best value, mean of " + seeds + " seeds",
            "0: uniform, 1: best");
    for (DelayTrial.Result result : results) {
      if (result.trial().kind() == DelayWorld.Kind.CLICKS) {
        Method method = result.trial().method();
        int color = List.of(Method.values()).indexOf(method);
        lines.line(
            new LineChart.Line(
                method.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                COLORS.get(color),
                bySecond(result.meanValue())));
      }
    }
    return lines.mark(new LineChart.Mark("window", DelayWorld.WINDOW)).svg();
  }

  private static double[] bySecond(double[] byLook) {
    int seconds = (int) (DelaySimulation.LOOK * DelaySimulation.INTERVAL_MILLIS / 1_000);
    double[] values = new double[byLook.length * seconds];
    Arrays.setAll(values, second -> byLook[second / seconds]);
    return values;
  }
}
