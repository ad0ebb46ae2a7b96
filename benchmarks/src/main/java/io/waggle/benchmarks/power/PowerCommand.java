package io.waggle.benchmarks.power;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints and writes how many decisions it takes until the lift interval of a better candidate lies
 * above 0, on the demo's readers. {@code waggle bench power}.
 */
@Command(
    name = "power",
    mixinStandardHelpOptions = true,
    description = "Decisions until a candidate of a known lift is told apart.")
public final class PowerCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double[] LIFTS = {0.05, 0.1, 0.2};
  private static final double[] EXPLORATIONS = {0.1, 0.2, 0.5};

  @Option(names = "--seeds", description = "seeds 1 to this; default: ${DEFAULT-VALUE}")
  private int seeds = 100;

  @Option(names = "--decisions", description = "most of a run; default: ${DEFAULT-VALUE}")
  private int decisions = 300_000;

  @Option(names = "--alpha", description = "of every interval; default: ${DEFAULT-VALUE}")
  private double alpha = 0.05;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/power.json");

  @Override
  public Integer call() throws IOException {
    System.out.printf(
        Locale.ROOT,
        "Decisions until told apart, median of %d seeds (10 %%, 90 %%); at most %,d; alpha %s%n%n"
            + "| logger | exploration | lift | decisions | told apart | true lift |%n"
            + "|---|---|---|---|---|---|%n",
        seeds,
        decisions,
        alpha);
    ObjectNode root = JSON.createObjectNode();
    root.put("seeds", seeds)
        .put("most_decisions", decisions)
        .put("alpha", alpha)
        .put("logger_skill", PowerRun.LOGGER_SKILL)
        .put("jdk", Runtime.version().toString());
    ArrayNode rows = root.putArray("results");
    for (Overlap overlap : Overlap.values()) {
      for (double exploration : EXPLORATIONS) {
        measure(overlap, exploration, rows);
      }
    }
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    System.out.printf("%nWritten to %s.%n", out);
    return 0;
  }

  private void measure(Overlap overlap, double exploration, ArrayNode rows) {
    PowerRun power = new PowerRun(overlap, exploration, decisions, alpha);
    double[] skills = Arrays.stream(LIFTS).map(power::skill).toArray();
    List<List<PowerRun.Outcome>> bySeed =
        LongStream.rangeClosed(1, seeds)
            .parallel()
            .mapToObj(seed -> power.run(skills, seed))
            .toList();
    for (int i = 0; i < LIFTS.length; i++) {
      int candidate = i;
      List<PowerRun.Outcome> outcomes = bySeed.stream().map(each -> each.get(candidate)).toList();
      report(overlap, exploration, LIFTS[i], outcomes, rows.addObject());
    }
  }

  private void report(
      Overlap overlap,
      double exploration,
      double lift,
      List<PowerRun.Outcome> outcomes,
      ObjectNode row) {
    // Whoever was not told apart comes last.
    int[] told =
        outcomes.stream()
            .mapToInt(each -> each.toldAt() == 0 ? Integer.MAX_VALUE : each.toldAt())
            .sorted()
            .toArray();
    long reached = Arrays.stream(told).filter(each -> each < Integer.MAX_VALUE).count();
    double trueLift =
        outcomes.stream().mapToDouble(PowerRun.Outcome::lift).average().orElse(Double.NaN);
    int low = told[(told.length - 1) / 10];
    int median = told[(told.length - 1) / 2];
    int high = told[(told.length - 1) * 9 / 10];
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f %% | %.0f %% | %s (%s, %s) | %d of %d | %.1f %% |%n",
        overlap.name().toLowerCase(Locale.ROOT),
        100 * exploration,
        100 * lift,
        text(median),
        text(low),
        text(high),
        reached,
        told.length,
        100 * trueLift);
    row.put("overlap", overlap.name())
        .put("exploration", exploration)
        .put("lift", lift)
        .put("mean_true_lift", trueLift)
        .put("told_apart", reached);
    put(row, "decisions_median", median);
    put(row, "decisions_10_percent", low);
    put(row, "decisions_90_percent", high);
  }

  private String text(int told) {
    return told == Integer.MAX_VALUE
        ? String.format(Locale.ROOT, "above %,d", decisions)
        : String.format(Locale.ROOT, "%,d", told);
  }

  /** Null: not reached within the most decisions. */
  private static void put(ObjectNode row, String name, int told) {
    if (told == Integer.MAX_VALUE) {
      row.putNull(name);
    } else {
      row.put(name, told);
    }
  }
}
