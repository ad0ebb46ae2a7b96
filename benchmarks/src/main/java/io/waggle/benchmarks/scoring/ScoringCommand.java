package io.waggle.benchmarks.scoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.core.model.RejectedExampleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints, writes and draws what scoring costs beside a bare loop over the same weights and beside
 * Vowpal Wabbit. {@code benchmarks/run scoring}.
 */
@Command(
    name = "scoring",
    mixinStandardHelpOptions = true,
    description = "What scoring costs by actions, features and weights.")
public final class ScoringCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int[] ACTIONS = {1, 10, 50, 100, 1_000};
  private static final int[] FEATURES = {1, 3, 10, 30, 100, 300, 1_000};
  private static final int[] BITS = {18, 22};
  private static final int USUAL_ACTIONS = 50;
  private static final int USUAL_FEATURES = 20;

  @Option(names = "--rounds", description = "counted, of each shape; default: ${DEFAULT-VALUE}")
  private int rounds = 9;

  @Option(names = "--warm-up", description = "rounds before them; default: ${DEFAULT-VALUE}")
  private int warmUp = 4;

  @Option(
      names = "--seconds",
      description = "of requests while versions change, and while none do; default: ${DEFAULT-VALUE}")
  private int seconds = 20;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/scoring.json");

  @Option(names = "--charts", description = "folder for charts; default: ${DEFAULT-VALUE}")
  private Path charts = Path.of("benchmarks/target");

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ScoringCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, RejectedExampleException, InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "Processor time of a request, microseconds (times the bare loop)%n%n"
            + "| -b | actions | features | weights | bare loop | catalogue | by value | VW |%n"
            + "|---|---|---|---|---|---|---|---|%n");
    List<ScoringRun.Result> byActions = new ArrayList<>();
    List<ScoringRun.Result> byFeatures = new ArrayList<>();
    for (int bits : BITS) {
      try (Models models = Models.trained(bits)) {
        for (int actions : ACTIONS) {
          byActions.add(measured(models, new Shape(actions, USUAL_FEATURES, bits)));
        }
        for (int features : FEATURES) {
          byFeatures.add(measured(models, new Shape(USUAL_ACTIONS, features, bits)));
        }
      }
    }
    ObjectNode root = JSON.createObjectNode();
    root.put("rounds", rounds).put("jdk", Runtime.version().toString());
    put(root.putArray("by_actions"), byActions);
    put(root.putArray("by_features"), byFeatures);
    swaps(root.putArray("request_micros_while_versions_change"));
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    String perRequest = "microseconds a request";
    Files.writeString(
        charts.resolve("scoring-actions.svg"),
        chart(
            new LogChart("Scoring actions of 20 features each", "actions", perRequest),
            byActions,
            each -> each.shape().actions()));
    Files.writeString(
        charts.resolve("scoring-features.svg"),
        chart(
            new LogChart("Scoring 50 actions", "features of an action", perRequest),
            byFeatures,
            each -> each.shape().features()));
    System.out.printf("%nWritten to %s and, as charts, to %s.%n", out, charts);
    return 0;
  }

  private ScoringRun.Result measured(Models models, Shape shape) {
    ScoringRun.Result result = new ScoringRun(models, shape).run(shape, rounds, warmUp);
    System.out.printf(
        Locale.ROOT,
        "| %d | %,d | %,d | %,.0f ",
        shape.bits(),
        shape.actions(),
        shape.features(),
        result.weights());
    for (Contender contender : Contender.values()) {
      System.out.printf(
          Locale.ROOT,
          "| %,.1f (%.2f) ",
          result.micros().get(contender),
          result.ratios().get(contender));
    }
    System.out.println("|");
    return result;
  }

  private static void put(ArrayNode rows, List<ScoringRun.Result> results) {
    for (ScoringRun.Result result : results) {
      Shape shape = result.shape();
      ObjectNode row =
          rows.addObject()
              .put("actions", shape.actions())
              .put("features", shape.features())
              .put("bits", shape.bits())
              .put("weights", result.weights());
      for (Contender contender : Contender.values()) {
        String name = contender.name().toLowerCase(Locale.ROOT);
        row.put(name + "_micros", result.micros().get(contender));
        row.put(name + "_ratio", result.ratios().get(contender));
      }
    }
  }

  private void swaps(ArrayNode rows) throws RejectedExampleException, InterruptedException {
    System.out.printf("%n| -b | versions | p50 | p99 | p99.9 | largest |%n|---|---|---|---|---|---|%n");
    for (int bits : BITS) {
      SwapRun run = new SwapRun(bits);
      for (boolean swapping : new boolean[] {false, true}) {
        Histogram nanos = run.run(swapping, seconds);
        ObjectNode row = rows.addObject().put("bits", bits).put("versions_change", swapping);
        System.out.printf("| %d | %s ", bits, swapping ? "five a second" : "one");
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
          double micros = nanos.getValueAtPercentile(percentile) / 1e3;
          row.put("p" + percentile, micros);
          System.out.printf(Locale.ROOT, "| %,.0f ", micros);
        }
        System.out.println("|");
      }
    }
  }

  private static String chart(
      LogChart chart, List<ScoringRun.Result> results, ToDoubleFunction<ScoringRun.Result> x) {
    for (int bits : BITS) {
      List<ScoringRun.Result> some =
          results.stream().filter(each -> each.shape().bits() == bits).toList();
      for (Contender contender : Contender.values()) {
        chart.line(
            new LogChart.Line(
                contender.label + ", -b " + bits,
                contender.color,
                bits != BITS[0],
                some.stream().mapToDouble(x).toArray(),
                some.stream().mapToDouble(each -> each.micros().get(contender)).toArray()));
      }
    }
    return chart.svg();
  }
}
