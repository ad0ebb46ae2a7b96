package io.waggle.benchmarks.bakeoff;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.model.VowpalWabbitArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every algorithm of {@code bandit-bakeoff/reference.json}, on every data set that the folder
 * holds, through the real join and learner. One thread.
 *
 * <p>An algorithm passes when our mean over the seeds lies within the reference's smallest and
 * largest seed, for each of its figures. The runs are not the same to the last digit: our examples
 * name features differently, so they fall on other weights.
 */
final class BakeOff {
  private static final Map<String, List<String>> PROTOCOLS =
      Map.of(
          "online", List.of("progressive_reward", "second_half_reward"),
          "offline_from_uniform_log", List.of("logged_reward", "greedy_reward_on_last_30_percent"));

  private final Path folder;
  private final int seeds;
  private final PrintStream progress;

  /**
   * One figure of one algorithm.
   *
   * @param refused why our learner does not take the command line; empty: it does
   */
  record Row(
      String dataSet,
      String protocol,
      String arguments,
      String figure,
      Figures reference,
      Figures ours,
      String refused) {
    boolean passes() {
      return refused.isEmpty() && ours.meanWithin(reference);
    }
  }

  /**
   * @param folder holds {@code reference.json} and the data sets
   * @param seeds run seeds 1 to this
   */
  BakeOff(Path folder, int seeds, PrintStream progress) {
    this.folder = folder;
    this.seeds = seeds;
    this.progress = progress;
  }

  /** Runs everything. */
  List<Row> run() throws Exception {
    JsonNode reference = new ObjectMapper().readTree(folder.resolve("reference.json").toFile());
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, JsonNode> dataSet : reference.get("datasets").properties()) {
      Path file = folder.resolve(dataSet.getKey() + ".csv.gz");
      if (!Files.isReadable(file)) {
        throw new IOException(file + ": not there (expected: the data set of reference.json)");
      }
      Classification data =
          Classification.read(
              file, dataSet.getValue().get("classes").asInt(), scale(dataSet.getValue()));
      for (String protocol : List.of("online", "offline_from_uniform_log")) {
        JsonNode algorithms = dataSet.getValue().path(protocol);
        for (Map.Entry<String, JsonNode> algorithm : algorithms.properties()) {
          rows.addAll(rows(dataSet.getKey(), data, protocol, algorithm));
        }
      }
    }
    return rows;
  }

  /** {@code value/16} is a scale of 16. */
  private static double scale(JsonNode dataSet) {
    String scaled = dataSet.get("scaled_value").asText();
    return scaled.startsWith("value/") ? Double.parseDouble(scaled.substring(6)) : 1;
  }

  private List<Row> rows(
      String name, Classification data, String protocol, Map.Entry<String, JsonNode> algorithm)
      throws Exception {
    String arguments = algorithm.getKey();
    String problem = VowpalWabbitArguments.problem(arguments);
    List<String> figures = PROTOCOLS.getOrDefault(protocol, List.of());
    List<List<Double>> seen = List.of(new ArrayList<>(), new ArrayList<>());
    if (problem == null) {
      progress.printf("%s, %s: %s%n", name, protocol, arguments);
      for (int seed = 1; seed <= seeds; seed++) {
        double[] both = run(data, protocol, arguments, seed);
        seen.get(0).add(both[0]);
        seen.get(1).add(both[1]);
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < figures.size(); i++) {
      rows.add(
          new Row(
              name,
              protocol,
              arguments,
              figures.get(i),
              Figures.of(algorithm.getValue().get(figures.get(i))),
              Figures.of(seen.get(i)),
              problem == null ? "" : "expected: " + problem));
    }
    return rows;
  }

  private static double[] run(Classification data, String protocol, String arguments, long seed)
      throws Exception {
    try (Simulation simulation = new Simulation(data, arguments)) {
      if (!protocol.equals("online")) {
        return simulation.offline(seed);
      }
      boolean[] rewards = simulation.online(seed);
      return new double[] {mean(rewards, 0), mean(rewards, rewards.length / 2)};
    }
  }

  private static double mean(boolean[] rewards, int from) {
    int sum = 0;
    for (int i = from; i < rewards.length; i++) {
      sum += rewards[i] ? 1 : 0;
    }
    return (double) sum / (rewards.length - from);
  }
}
