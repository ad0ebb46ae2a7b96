package io.waggle.benchmarks.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints and writes the comparison. {@code waggle bench merge}. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description = "One policy over several learners beside one: value and throughput.")
public final class MergeCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--learners", split = ",", description = "default: ${DEFAULT-VALUE}")
  private List<Integer> learners = List.of(1, 2);

  @Option(
      names = "--every",
      split = ",",
      description = "decisions a learner learns between merges; default: ${DEFAULT-VALUE}")
  private List<Integer> every = List.of(2_000, 20_000);

  @Option(names = "--decisions", description = "default: ${DEFAULT-VALUE}")
  private int decisions = 200_000;

  @Option(names = "--users", description = "default: ${DEFAULT-VALUE}")
  private int users = 200;

  @Option(names = "--repeats", description = "of the throughput; default: ${DEFAULT-VALUE}")
  private int repeats = 3;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/merge.json");

  @Override
  public Integer call() throws Exception {
    TasteStream stream = new TasteStream(11, users, decisions);
    MergeQuality benchmark = new MergeQuality(stream);
    // The first use of everything is not measured.
    benchmark.throughput(1, decisions);
    ObjectNode root = JSON.createObjectNode();
    root.put("decisions", decisions).put("users", users).put("best_value", stream.best());
    root.put("jdk", Runtime.version().toString());
    ArrayNode results = root.putArray("results");
    System.out.printf("best value %.4f%n", stream.best());
    for (int count : learners) {
      for (int each : count == 1 ? List.of(0) : every) {
        MergeQuality.Quality quality = benchmark.quality(count, each);
        double[] perSecond = new double[repeats];
        double[] perProcessorSecond = new double[repeats];
        for (int i = 0; i < repeats; i++) {
          MergeQuality.Throughput throughput = benchmark.throughput(count, each);
          perSecond[i] = throughput.perSecond();
          perProcessorSecond[i] = throughput.perProcessorSecond();
        }
        print(quality, perSecond, perProcessorSecond);
        ObjectNode result = results.addObject();
        result.put("learners", count).put("merged_every", each).put("value", quality.value());
        result.put("last_value", quality.lastValue()).put("loss", quality.loss());
        result.put("merged_decisions", quality.mergedEvents());
        result.put("merge_millis", quality.mergeMillis());
        result.set("decisions_per_second", JSON.valueToTree(perSecond));
        result.set("decisions_per_processor_second", JSON.valueToTree(perProcessorSecond));
      }
    }
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    System.out.printf("Written to %s.%n", out);
    return 0;
  }

  private static void print(
      MergeQuality.Quality quality, double[] perSecond, double[] perProcessorSecond) {
    System.out.printf(
        "learners %d, merged every %d: value %.4f, last quarter %.4f (loss %.4f), merge %.1f ms,"
            + " decisions/s %.0f to %.0f, of a processor %.0f to %.0f%n",
        quality.learners(),
        quality.every(),
        quality.value(),
        quality.lastValue(),
        quality.loss(),
        quality.mergeMillis(),
        Arrays.stream(perSecond).min().orElseThrow(),
        Arrays.stream(perSecond).max().orElseThrow(),
        Arrays.stream(perProcessorSecond).min().orElseThrow(),
        Arrays.stream(perProcessorSecond).max().orElseThrow());
  }
}
