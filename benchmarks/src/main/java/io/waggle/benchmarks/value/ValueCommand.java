package io.waggle.benchmarks.value;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.app.report.LineChart;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.result.RunFacts;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The value of a live policy with and without a kind of feature, on the demo's readers, with bounds
 * that hold at every look. {@code waggle bench value}.
 */
@Command(
    name = "value",
    mixinStandardHelpOptions = true,
    description = "Live value with and without a kind of feature, on the demo's readers.")
public final class ValueCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--seeds", description = "seeds 1 to this; default: ${DEFAULT-VALUE}")
  private int seeds = 10;

  @Option(names = "--views", description = "page views of a run; default: ${DEFAULT-VALUE}")
  private int views = 10_000;

  @Option(
      names = "--alpha",
      description = "of telling the two apart wrongly, ever; default: ${DEFAULT-VALUE}")
  private double alpha = 0.05;

  @Option(
      names = "--comparison",
      split = ",",
      description = "which: ${COMPLETION-CANDIDATES}; default: all")
  private List<Comparison> chosen = List.of(Comparison.values());

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/value.json");

  private final Progress progress = new Progress();

  @Override
  public Integer call() throws Exception {
    ObjectNode root =
        JSON.createObjectNode().put("seeds", seeds).put("views", views).put("alpha", alpha);
    root.set("facts", JSON.valueToTree(RunFacts.of(command())));
    ObjectNode comparisons = root.putObject("comparisons");
    for (Comparison comparison : chosen) {
      WorthRun run = new WorthRun(comparison, views, alpha);
      List<WorthRun.Outcome> outcomes = outcomes(comparison, run);
      print(comparison, outcomes);
      print(run.difference());
      String name = comparison.name().toLowerCase(Locale.ROOT);
      ObjectNode figures = comparisons.putObject(name);
      add(figures, outcomes);
      add(figures.putObject("difference"), run.difference());
      Path chart = Path.of(out.toString().replaceFirst("\\.json$", "") + "-" + name + ".svg");
      Files.writeString(chart, chart(comparison, outcomes));
      System.out.printf("%nChart: %s%n", chart);
    }
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    System.out.printf("Written to %s.%n", out);
    return 0;
  }

  private String command() {
    return "waggle bench value --comparison %s --seeds %d --views %d --alpha %s"
        .formatted(
            chosen.stream().map(Comparison::name).collect(joining(",")), seeds, views, alpha);
  }

  private List<WorthRun.Outcome> outcomes(Comparison comparison, WorthRun run) throws Exception {
    List<WorthRun.Outcome> outcomes = new ArrayList<>();
    progress.begin(comparison.text() + ", page views", (long) seeds * views);
    for (int seed = 1; seed <= seeds; seed++) {
      long before = (long) (seed - 1) * views;
      outcomes.add(run.run(seed, view -> progress.done(before + view)));
    }
    return outcomes;
  }

  private void print(Comparison comparison, List<WorthRun.Outcome> outcomes) {
    System.out.printf(
        Locale.ROOT,
        "%n%s: clicks a page view over %,d page views, interval at every look (alpha %s for both)%n%n"
            + "| seed | with | interval | without | interval | told apart after | uniform | best |%n"
            + "|---|---|---|---|---|---|---|---|%n",
        comparison.text(),
        views,
        alpha);
    for (int i = 0; i < outcomes.size(); i++) {
      WorthRun.Outcome each = outcomes.get(i);
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %s | %s | %.3f | %.3f |%n",
          i + 1,
          text(each.with()),
          text(each.without()),
          each.toldAt() > 0 ? String.format(Locale.ROOT, "%,d", each.toldAt()) : "never",
          each.uniform(),
          each.best());
    }
    System.out.printf(
        Locale.ROOT,
        "%nmean %.3f with, %.3f without; with it better in %d of %d runs by what was clicked, told"
            + " apart in %d, wrongly in %d%n",
        mean(outcomes, each -> each.with().clicks()),
        mean(outcomes, each -> each.without().clicks()),
        outcomes.stream().filter(each -> each.with().clicks() > each.without().clicks()).count(),
        outcomes.size(),
        outcomes.stream().filter(each -> each.toldAt() > 0).count(),
        outcomes.stream().filter(each -> each.wrongAt() > 0).count());
  }

  private void print(PolicyEvaluation difference) {
    ConfidenceInterval interval = difference.getInterval();
    System.out.printf(
        Locale.ROOT,
        "%nover all %,d page views with it less without, in chances of a click: %.4f (%.4f to %.4f,"
            + " interval at every look, alpha %s): %s%n",
        difference.getCount(),
        difference.getIps(),
        interval.getLower(),
        interval.getUpper(),
        alpha,
        interval.getLower() > 0 || interval.getUpper() < 0 ? "told apart" : "not told apart");
  }

  private static String text(WorthRun.Side side) {
    return String.format(
        Locale.ROOT,
        "%.3f | %.3f to %.3f",
        side.clicks(),
        side.interval().getLower(),
        side.interval().getUpper());
  }

  private static double mean(
      List<WorthRun.Outcome> outcomes, ToDoubleFunction<WorthRun.Outcome> figure) {
    return outcomes.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }

  private static void add(ObjectNode node, List<WorthRun.Outcome> outcomes) {
    node.put("mean_with", mean(outcomes, each -> each.with().clicks()))
        .put("mean_without", mean(outcomes, each -> each.without().clicks()))
        .put("mean_uniform", mean(outcomes, WorthRun.Outcome::uniform))
        .put("mean_best", mean(outcomes, WorthRun.Outcome::best))
        .put("told_apart", outcomes.stream().filter(each -> each.toldAt() > 0).count())
        .put("told_apart_wrongly", outcomes.stream().filter(each -> each.wrongAt() > 0).count());
    ArrayNode runs = node.putArray("runs");
    for (WorthRun.Outcome each : outcomes) {
      ObjectNode run =
          runs.addObject()
              .put("told_apart_at", each.toldAt())
              .put("wrong_at", each.wrongAt())
              .put("uniform", each.uniform())
              .put("best", each.best());
      add(run.putObject("with"), each.with());
      add(run.putObject("without"), each.without());
    }
  }

  private static void add(ObjectNode node, PolicyEvaluation difference) {
    node.put("views", difference.getCount())
        .put("chance", difference.getIps())
        .put("lower", difference.getInterval().getLower())
        .put("upper", difference.getInterval().getUpper());
  }

  private static void add(ObjectNode node, WorthRun.Side side) {
    node.put("value", side.clicks())
        .put("lower", side.interval().getLower())
        .put("upper", side.interval().getUpper());
  }

  private String chart(Comparison comparison, List<WorthRun.Outcome> outcomes) {
    double[] best = new double[WorthRun.PARTS];
    Arrays.fill(best, mean(outcomes, WorthRun.Outcome::best));
    double[] uniform = new double[WorthRun.PARTS];
    Arrays.fill(uniform, mean(outcomes, WorthRun.Outcome::uniform));
    return new LineChart(
            "Clicks a page view with and without " + comparison.text(),
            "chance of a click",
            "views",
            (double) views / WorthRun.PARTS)
        .line(new LineChart.Line("best possible", "#2ca02c", best))
        .line(new LineChart.Line("with", "#1f77b4", parts(outcomes, WorthRun.Outcome::with)))
        .line(new LineChart.Line("without", "#ff7f0e", parts(outcomes, WorthRun.Outcome::without)))
        .line(new LineChart.Line("uniform", "#888888", uniform))
        .svg();
  }

  /** Means over the seeds. */
  private static double[] parts(
      List<WorthRun.Outcome> outcomes, Function<WorthRun.Outcome, WorthRun.Side> side) {
    double[] means = new double[WorthRun.PARTS];
    for (WorthRun.Outcome outcome : outcomes) {
      for (int part = 0; part < means.length; part++) {
        means[part] += side.apply(outcome).parts()[part] / outcomes.size();
      }
    }
    return means;
  }
}
