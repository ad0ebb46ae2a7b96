package io.waggle.benchmarks.interactions;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.app.demo.Demo;
import io.waggle.benchmarks.loop.BarChart;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Interaction sent to the ranking that knows it, and ranking asked for over Kafka to its answer, at
 * fixed rates beside Kafka and Flink alone: the whole loop in this JVM. {@code waggle bench
 * interactions}.
 */
@Command(
    name = "interactions",
    mixinStandardHelpOptions = true,
    description = "Interaction to the next Rank, and rank-request to ranking, at fixed rates.")
public final class InteractionsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double WANTED_P50_MILLIS = 5;
  private static final double WANTED_P99_MILLIS = 50;

  @Option(names = "--rates", split = ",", description = "a second; default: ${DEFAULT-VALUE}")
  private List<Integer> rates = List.of(20, 200);

  @Option(names = "--seconds", description = "of a turn; default: ${DEFAULT-VALUE}")
  private int seconds = 15;

  @Option(names = "--turns", description = "at each rate; default: ${DEFAULT-VALUE}")
  private int turns = 3;

  @Option(names = "--warm-up", description = "seconds of each way; default: ${DEFAULT-VALUE}")
  private int warmUpSeconds = 10;

  @Option(names = "--surfaces", description = "surface file; default: the demo's front page")
  private @Nullable Path surfaces;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/interactions.json");

  @Override
  public Integer call() throws Exception {
    Surfaces served =
        surfaces == null
            ? Demo.surfaces()
            : new Surfaces(SurfaceFiles.read(surfaces).stream().map(Surface::of).toList());
    List<InteractionsRun.Seen> all = new ArrayList<>();
    try (TemporaryDirectory directory = TemporaryDirectory.create("waggle-interactions");
        InteractionsRun run = new InteractionsRun(served, directory.path(), new Progress())) {
      run.warmUp(rates.get(rates.size() - 1), warmUpSeconds);
      for (int rate : rates) {
        all.addAll(run.measure(rate, seconds, turns));
      }
    }
    print(all);
    Files.writeString(out, json(all, served.all().get(0)));
    Path chart = Path.of(out.toString().replaceFirst("\\.json$", "") + ".svg");
    Files.writeString(chart, chart(all));
    System.out.printf("%nWritten to %s and %s.%n", out, chart);
    return 0;
  }

  private static void print(List<InteractionsRun.Seen> all) {
    System.out.printf(
        Locale.ROOT,
        "%nms from due to seen; wanted: p50 at most %.0f, p99 at most %.0f%n%n"
            + "%6s  %-38s %7s %8s %8s %8s %8s %7s%n",
        WANTED_P50_MILLIS,
        WANTED_P99_MILLIS,
        "rate/s",
        "",
        "count",
        "p50",
        "p99",
        "p99.9",
        "max",
        "failed");
    for (InteractionsRun.Seen seen : all) {
      System.out.printf(
          Locale.ROOT,
          "%6d  %-38s %7d %8.2f %8.2f %8.2f %8.2f %7d%n",
          seen.rate(),
          seen.way().text(),
          seen.delays().getTotalCount(),
          seen.millis(50),
          seen.millis(99),
          seen.millis(99.9),
          seen.millis(100),
          seen.failed());
    }
  }

  private String json(List<InteractionsRun.Seen> all, Surface surface) throws Exception {
    ObjectNode root =
        JSON.createObjectNode()
            .put("jdk", Runtime.version().toString())
            .put("processors", Runtime.getRuntime().availableProcessors())
            .put("surface", surface.name())
            .put("seconds", seconds)
            .put("turns", turns)
            .put("wanted_p50_ms", WANTED_P50_MILLIS)
            .put("wanted_p99_ms", WANTED_P99_MILLIS);
    ArrayNode results = root.putArray("results");
    for (InteractionsRun.Seen seen : all) {
      results
          .addObject()
          .put("way", seen.way().name().toLowerCase(Locale.ROOT))
          .put("rate", seen.rate())
          .put("count", seen.delays().getTotalCount())
          .put("failed", seen.failed())
          .put("p50_ms", seen.millis(50))
          .put("p90_ms", seen.millis(90))
          .put("p99_ms", seen.millis(99))
          .put("p999_ms", seen.millis(99.9))
          .put("max_ms", seen.millis(100));
    }
    return JSON.writeValueAsString(root) + "\n";
  }

  private static String chart(List<InteractionsRun.Seen> all) {
    BarChart chart = new BarChart("From due to seen", "ms", List.of("p50", "p90", "p99", "p99.9"));
    for (InteractionsRun.Seen seen : all) {
      chart.row(
          seen.way().text() + ", " + seen.rate() + "/s",
          seen.millis(50),
          seen.millis(90),
          seen.millis(99),
          seen.millis(99.9));
    }
    return chart.svg();
  }
}
