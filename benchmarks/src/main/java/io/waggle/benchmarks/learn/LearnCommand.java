package io.waggle.benchmarks.learn;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Learning throughput of the whole operator beside Vowpal Wabbit's bare text interface: same JVM,
 * same examples, one core, turns taken. {@code waggle bench learn}.
 */
@Command(
    name = "learn",
    mixinStandardHelpOptions = true,
    description = "The learning operator's throughput beside bare Vowpal Wabbit's.")
public final class LearnCommand implements Callable<Integer> {
  /** What is crossed makes VW's share of the time; without crossing it is smallest. */
  private static final String[] ARGUMENTS = {
    "--cb_explore_adf --epsilon 0.1 --cb_type mtr -q ua -q sa",
    "--cb_explore_adf --epsilon 0.1 --cb_type mtr"
  };

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--rounds", description = "turns each; default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--millis", description = "processor time of a turn; default: ${DEFAULT-VALUE}")
  private long millis = 1_000;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/learn.json");

  @Option(names = "--actions", split = ",", description = "default: ${DEFAULT-VALUE}")
  private int[] actionCounts = {1, 10, 50};

  @Option(
      names = "--features",
      split = ",",
      description = "of each action; default: ${DEFAULT-VALUE}")
  private int[] featureCounts = {10, 100};

  @Override
  public Integer call() throws Exception {
    ObjectNode root = JSON.createObjectNode().put("jdk", Runtime.version().toString());
    ArrayNode results = root.putArray("results");
    for (String arguments : ARGUMENTS) {
      System.out.printf("%n%s%n", arguments);
      System.out.printf(
          "%7s %8s %10s %10s %6s %10s  %s%n",
          "actions",
          "features",
          "VW 1/s",
          "operator",
          "ratio",
          "by CPU",
          "where the operator's time goes");
      for (int actions : actionCounts) {
        for (int features : featureCounts) {
          Throughput.Result result =
              new Throughput(arguments, actions, features).measure(rounds, millis);
          print(actions, features, result);
          add(results.addObject(), arguments, actions, features, result);
        }
      }
    }
    Files.writeString(out, JSON.writeValueAsString(root) + "\n");
    System.out.printf("%nMedians of %d turns. Written to %s.%n", rounds, out);
    return 0;
  }

  private static void print(int actions, int features, Throughput.Result result) {
    StringBuilder shares = new StringBuilder();
    for (Map.Entry<String, Double> share : result.shares().entrySet()) {
      shares.append(String.format("%s %.0f %%, ", share.getKey(), 100 * share.getValue()));
    }
    System.out.printf(
        "%7d %8d %10.0f %10.0f %6.2f %10.2f  %s%n",
        actions,
        features,
        result.bare().perSecond(),
        result.operator().perSecond(),
        result.operator().perSecond() / result.bare().perSecond(),
        result.operator().perProcessorSecond() / result.bare().perProcessorSecond(),
        shares);
  }

  private static void add(
      ObjectNode node, String arguments, int actions, int features, Throughput.Result result) {
    node.put("arguments", arguments)
        .put("actions", actions)
        .put("features", features)
        .put("bare_per_second", result.bare().perSecond())
        .put("operator_per_second", result.operator().perSecond())
        .put("bare_per_processor_second", result.bare().perProcessorSecond())
        .put("operator_per_processor_second", result.operator().perProcessorSecond());
    ObjectNode shares = node.putObject("operator_time_shares");
    result.shares().forEach(shares::put);
  }
}
