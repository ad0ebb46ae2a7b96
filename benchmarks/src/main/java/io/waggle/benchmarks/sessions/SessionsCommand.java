package io.waggle.benchmarks.sessions;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.benchmarks.loop.BarChart;
import io.waggle.benchmarks.loop.ProcessProfile;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.Shop;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The session job's throughput beside a Flink job with the same source, key, one state access and
 * sink. {@code waggle bench sessions}.
 */
@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    description =
        "The session job's throughput beside the least job with the same source and sink.")
public final class SessionsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double WANTED = 0.5;

  /** Parts of an interaction that take less are not shown; the result file has them. */
  private static final double SHOWN_SECONDS = 2e-7;

  @Option(names = "--users", description = "default: ${DEFAULT-VALUE}")
  private int users = 1_000_000;

  @Option(names = "--parallelism", description = "subtasks per operator; default: ${DEFAULT-VALUE}")
  private int parallelism = 2;

  @Option(names = "--exponent", description = "of Zipf's law; default: ${DEFAULT-VALUE}")
  private double exponent = 1;

  @Option(names = "--rounds", description = "default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--interactions", description = "of a round; default: ${DEFAULT-VALUE}")
  private int interactions = 500_000;

  @Option(
      names = "--managed-megabytes",
      description = "of RocksDB, all subtasks together; default: ${DEFAULT-VALUE}")
  private int managedMegabytes = 256;

  @Option(
      names = "--surfaces",
      description =
          "surface file, whose first surface is measured; default: one that pushes nothing")
  private @Nullable Path surfaces;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/sessions.json");

  @Override
  public Integer call() throws Exception {
    SessionsRun.Plan plan =
        new SessionsRun.Plan(users, parallelism, exponent, rounds, interactions, managedMegabytes);
    Surface surface =
        surfaces == null ? Shop.surface() : Surface.of(SurfaceFiles.read(surfaces).get(0));
    try (TemporaryDirectory directory = TemporaryDirectory.create("waggle-sessions");
        SessionsRun run = new SessionsRun(plan, surface, directory.path(), new Progress())) {
      List<Contender> both = run.run();
      report(both.get(0), both.get(1), surface);
    }
    return 0;
  }

  private void report(Contender session, Contender least, Surface surface) throws Exception {
    double[] byClock = ratios(session, least, Contender.Turn::perSecond);
    double[] byProcessor = ratios(session, least, Contender.Turn::perProcessorSecond);
    ObjectNode root =
        JSON.createObjectNode()
            .put("jdk", Runtime.version().toString())
            .put("processors", Runtime.getRuntime().availableProcessors())
            .put("users", users)
            .put("parallelism", parallelism)
            .put("zipf_exponent", exponent)
            .put("interactions_a_round", interactions)
            .put("managed_megabytes", managedMegabytes)
            .put("surface", surface.name())
            .put("pushes", surface.pushRankings())
            .put("ratio_wanted", WANTED);
    put(root.putObject("ratio"), byClock);
    put(root.putObject("ratio_by_processor_time"), byProcessor);
    for (Contender each : List.of(session, least)) {
      ObjectNode side = root.putObject(each.name().replace(' ', '_'));
      put(side.putObject("per_second"), figures(each, Contender.Turn::perSecond));
      put(
          side.putObject("per_processor_second"),
          figures(each, Contender.Turn::perProcessorSecond));
      side.put("state_bytes", each.stateBytes())
          .put("state_bytes_per_user", (double) each.stateBytes() / users);
      ArrayNode profile = side.putArray("processor_micros_per_interaction");
      for (ProcessProfile.Part part : each.profile()) {
        profile
            .addObject()
            .put("threads", part.threads())
            .put("step", part.step())
            .put("micros", part.seconds() * 1e6);
      }
      print(each);
    }
    System.out.printf(
        Locale.ROOT,
        "%nratio %.2f (%.2f to %.2f), by processor time %.2f (%.2f to %.2f); wanted: %.1f%n",
        median(byClock),
        Arrays.stream(byClock).min().orElseThrow(),
        Arrays.stream(byClock).max().orElseThrow(),
        median(byProcessor),
        Arrays.stream(byProcessor).min().orElseThrow(),
        Arrays.stream(byProcessor).max().orElseThrow(),
        WANTED);
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    Path chart = Path.of(out.toString().replaceFirst("\\.json$", "") + ".svg");
    Files.writeString(chart, chart(session, least));
    System.out.printf("Written to %s and %s.%n", out, chart);
  }

  private static String chart(Contender session, Contender least) {
    BarChart chart =
        new BarChart(
            "Processor time of an interaction", "µs", List.of(session.name(), least.name()));
    Map<String, double[]> parts = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      for (ProcessProfile.Part part : (i == 0 ? session : least).profile()) {
        if (part.seconds() >= SHOWN_SECONDS) {
          parts.computeIfAbsent(label(part), any -> new double[2])[i] = part.seconds() * 1e6;
        }
      }
    }
    parts.forEach(chart::row);
    return chart.svg();
  }

  private static String label(ProcessProfile.Part part) {
    return part.threads() + (part.step().isEmpty() ? "" : ": " + part.step());
  }

  private void print(Contender each) {
    System.out.printf(
        Locale.ROOT,
        "%n%s: %,.0f interactions/s (median of %d), %,.0f state bytes per user%n",
        each.name(),
        median(figures(each, Contender.Turn::perSecond)),
        rounds,
        (double) each.stateBytes() / users);
    for (ProcessProfile.Part part : each.profile()) {
      if (part.seconds() >= SHOWN_SECONDS) {
        System.out.printf(Locale.ROOT, "  %6.1f µs  %s%n", part.seconds() * 1e6, label(part));
      }
    }
  }

  /** Of each round, whose two turns lie next to each other. */
  private static double[] ratios(
      Contender session, Contender least, ToDoubleFunction<Contender.Turn> figure) {
    double[] ratios = figures(session, figure);
    double[] others = figures(least, figure);
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] /= others[i];
    }
    return ratios;
  }

  private static double[] figures(Contender each, ToDoubleFunction<Contender.Turn> figure) {
    return each.turns().stream().mapToDouble(figure).toArray();
  }

  private static void put(ObjectNode node, double[] values) {
    node.put("median", median(values));
    node.set("turns", JSON.valueToTree(values));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
