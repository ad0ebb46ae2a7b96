package io.waggle.benchmarks.validity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.app.report.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints and writes how often intervals ever miss the truth and how wide they are; exits with 1
 * when the job's miss more often than promised. {@code waggle bench validity}.
 */
@Command(
    name = "validity",
    mixinStandardHelpOptions = true,
    description = "How often intervals ever miss a truth that drifts, and how wide they are.")
public final class ValidityCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int[] WIDTHS_AFTER = {100, 1_000, 5_000, 10_000};

  @Option(names = "--runs", description = "runs of a scenario; default: ${DEFAULT-VALUE}")
  private int runs = 1_000;

  @Option(names = "--decisions", description = "of a run; default: ${DEFAULT-VALUE}")
  private int decisions = 10_000;

  @Option(names = "--alpha", description = "of every interval; default: ${DEFAULT-VALUE}")
  private double alpha = 0.05;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/validity.json");

  @Option(names = "--charts", description = "folder for charts; default: ${DEFAULT-VALUE}")
  private Path charts = Path.of("benchmarks/target");

  @Override
  public Integer call() throws IOException {
    System.out.printf(
        Locale.ROOT,
        "Runs that ever missed the truth, of %d with %d decisions; alpha %s%n%n"
            + "| scenario | value | lift | gaussian | fixed value | width at the end: value |"
            + " gaussian | fixed value | lift told from 0 |%n|---|---|---|---|---|---|---|---|---|%n",
        runs,
        decisions,
        alpha);
    List<ValidityTrial.Result> results = new ArrayList<>();
    for (Scenario scenario : Scenario.values()) {
      ValidityTrial.Result result = new ValidityTrial(scenario, runs, decisions, alpha).run();
      print(result);
      results.add(result);
    }
    Files.writeString(out, json(results));
    Files.writeString(charts.resolve("validity-misses.svg"), missesChart(results));
    Files.writeString(charts.resolve("validity-width.svg"), widthChart(results));
    System.out.printf("%nWritten to %s and, as charts, to %s.%n", out, charts);
    boolean valid =
        results.stream()
            .noneMatch(
                each -> each.missesTooOften(Method.VALUE) || each.missesTooOften(Method.LIFT));
    return valid ? 0 : 1;
  }

  private static void print(ValidityTrial.Result result) {
    int last = result.trial().steps();
    System.out.printf(
        Locale.ROOT,
        "| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f |%n",
        name(result),
        result.of(Method.VALUE).everMissed(),
        result.of(Method.LIFT).everMissed(),
        result.of(Method.GAUSSIAN).everMissed(),
        result.of(Method.FIXED_VALUE).everMissed(),
        result.widthAfter(Method.VALUE, last),
        result.widthAfter(Method.GAUSSIAN, last),
        result.widthAfter(Method.FIXED_VALUE, last),
        result.liftTold());
  }

  private static String name(ValidityTrial.Result result) {
    return result.trial().scenario().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private String json(List<ValidityTrial.Result> results) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("runs", runs)
        .put("decisions", decisions)
        .put("alpha", alpha)
        .put("looks", "1 to 100 each, to 1,000 every tenth, then every fiftieth")
        .put("gaussian_looks_from", ValidityTrial.GAUSSIAN_FROM)
        .put("jdk", Runtime.version().toString());
    ArrayNode rows = root.putArray("results");
    for (ValidityTrial.Result result : results) {
      ObjectNode row = rows.addObject().put("scenario", result.trial().scenario().name());
      row.put("lift_told_from_0", result.liftTold());
      for (Method method : Method.values()) {
        ObjectNode figures = row.putObject(method.name().toLowerCase(Locale.ROOT));
        figures.put("ever_missed", result.of(method).everMissed());
        ObjectNode widths = figures.putObject("mean_width_after");
        for (int step : WIDTHS_AFTER) {
          if (result.looks().contains(step)) {
            widths.put(Integer.toString(step), result.widthAfter(method, step));
          }
        }
      }
    }
    return JSON.writeValueAsString(root) + "\n";
  }

  /** Where the value falls. */
  private String missesChart(List<ValidityTrial.Result> results) {
    LineChart chart =
        chart("The value falls: runs whose interval has missed its running mean", "share of runs");
    ValidityTrial.Result result = of(Scenario.ABRUPT, results);
    for (Method method : Method.values()) {
      chart.line(line(method, result, look -> result.of(method).missedBy(look)));
    }
    double[] promised = new double[decisions / ValidityTrial.LAST_STRIDE + 1];
    Arrays.fill(promised, alpha);
    return chart
        .line(new LineChart.Line("alpha", "#aaa", promised))
        .mark(new LineChart.Mark("change", decisions / 4.0))
        .svg();
  }

  /** Where nothing changes, the one world that all of them are for. */
  private String widthChart(List<ValidityTrial.Result> results) {
    LineChart chart = chart("Nothing changes: how wide intervals for the value are", "mean width");
    ValidityTrial.Result result = of(Scenario.STILL, results);
    for (Method method : List.of(Method.VALUE, Method.GAUSSIAN, Method.FIXED_VALUE)) {
      chart.line(line(method, result, look -> result.of(method).width(look)));
    }
    return chart.svg();
  }

  private static ValidityTrial.Result of(Scenario scenario, List<ValidityTrial.Result> results) {
    return results.stream()
        .filter(each -> each.trial().scenario() == scenario)
        .findFirst()
        .orElseThrow();
  }

  private static LineChart chart(String title, String label) {
    return new LineChart(title, label, "decisions", ValidityTrial.LAST_STRIDE);
  }

  private LineChart.Line line(
      Method method, ValidityTrial.Result result, IntToDoubleFunction byLook) {
    double[] values = new double[decisions / ValidityTrial.LAST_STRIDE + 1];
    values[0] = Double.NaN;
    for (int i = 1; i < values.length; i++) {
      values[i] = byLook.applyAsDouble(result.looks().indexOf(i * ValidityTrial.LAST_STRIDE));
    }
    return new LineChart.Line(method.label, method.color, values);
  }
}
