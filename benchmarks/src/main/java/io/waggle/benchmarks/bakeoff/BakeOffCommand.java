package io.waggle.benchmarks.bakeoff;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints and writes the bake-off. {@code waggle bench bakeoff --data DIRECTORY}. Exit code 1: an
 * algorithm that our learner takes is outside the reference's spread.
 */
@Command(
    name = "bakeoff",
    mixinStandardHelpOptions = true,
    description = "Known bandit algorithms on classification data, through our join and learner.")
public final class BakeOffCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--data", required = true, description = "folder with reference.json")
  private Path data = Path.of(".");

  @Option(names = "--seeds", description = "seeds 1 to this; default: ${DEFAULT-VALUE}")
  private int seeds = 10;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/bakeoff.json");

  @Override
  public Integer call() throws Exception {
    List<BakeOff.Row> rows = new BakeOff(data, seeds, System.err).run();
    print(System.out, rows);
    Files.writeString(out, json(rows));
    System.out.printf("%nWritten to %s.%n", out);
    return rows.stream().allMatch(row -> row.passes() || !row.refused().isEmpty()) ? 0 : 1;
  }

  private void print(PrintStream out, List<BakeOff.Row> rows) {
    out.printf("%d seeds; passes: our mean within the reference's min and max%n%n", seeds);
    out.printf(
        "%-52s %-32s %28s %28s  %s%n",
        "arguments", "figure", "reference mean sd [min, max]", "ours mean sd [min, max]", "");
    for (BakeOff.Row row : rows) {
      out.printf(
          "%-52s %-32s %28s %28s  %s%n",
          row.arguments().replace("--cb_explore_adf ", ""),
          row.figure(),
          shown(row.reference()),
          row.refused().isEmpty() ? shown(row.ours()) : "refused",
          row.refused().isEmpty() ? (row.passes() ? "passes" : "FAILS") : row.refused());
    }
  }

  private static String shown(Figures figures) {
    return String.format(
        Locale.ROOT,
        "%.3f %.3f [%.3f, %.3f]",
        figures.mean(),
        figures.sd(),
        figures.min(),
        figures.max());
  }

  private String json(List<BakeOff.Row> rows) throws Exception {
    ObjectNode root = JSON.createObjectNode();
    root.put("seeds", seeds).put("jdk", Runtime.version().toString());
    ArrayNode results = root.putArray("results");
    for (BakeOff.Row row : rows) {
      ObjectNode result =
          results
              .addObject()
              .put("data_set", row.dataSet())
              .put("protocol", row.protocol())
              .put("arguments", row.arguments())
              .put("figure", row.figure());
      add(result.putObject("reference"), row.reference());
      if (row.refused().isEmpty()) {
        add(result.putObject("ours"), row.ours());
        result.put("passes", row.passes());
      } else {
        result.put("refused", row.refused());
      }
    }
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void add(ObjectNode node, Figures figures) {
    node.put("mean", figures.mean())
        .put("sd", figures.sd())
        .put("min", figures.min())
        .put("max", figures.max());
  }
}
