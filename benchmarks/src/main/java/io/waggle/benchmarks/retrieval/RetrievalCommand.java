package io.waggle.benchmarks.retrieval;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waggle.app.report.JsonFile;
import io.waggle.benchmarks.result.RunFacts;
import io.waggle.benchmarks.retrieval.Trial.Knowing;
import io.waggle.core.model.RejectedExampleException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints and writes what two stages lose beside an exact ranking of the same items, by the number
 * of candidates, and what both take. {@code waggle bench retrieval}.
 */
@Command(
    name = "retrieval",
    mixinStandardHelpOptions = true,
    description = "What ranking many items by two stages takes and loses.")
public final class RetrievalCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int[] CANDIDATES = {20, 50, 100, 200};

  /** Half a 95 % interval in standard errors, by the number of seeds (Student). */
  private static final double[] STUDENT = {
    Double.NaN, Double.NaN, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26
  };

  @Option(names = "--seeds", description = "seeds 1 to this, 2 to 10; default: ${DEFAULT-VALUE}")
  private int seeds = 5;

  @Option(names = "--items", description = "of a store; default: ${DEFAULT-VALUE}")
  private int items = 10_000;

  @Option(names = "--decisions", description = "learned from; default: ${DEFAULT-VALUE}")
  private int decisions = 30_000;

  @Option(names = "--visits", description = "ranked, of each seed; default: ${DEFAULT-VALUE}")
  private int visits = 60;

  @Option(names = "--rounds", description = "timed; default: ${DEFAULT-VALUE}")
  private int rounds = 60;

  @Option(names = "--warm-up", description = "rounds before them; default: ${DEFAULT-VALUE}")
  private int warmUp = 40;

  @Option(
      names = "--model",
      paramLabel = "TEXT",
      description = "losses only of models whose name contains it")
  private String model = "";

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/retrieval.json");

  /** A kind of model, and what of it retrieves. */
  private record Kind(String name, String interactions, boolean rated, Knowing knowing) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("user x item", "-q ui", false, Knowing.ALL),
          new Kind(
              "user x item, time x item, user x time x item",
              "--interactions ui ti uti",
              false,
              Knowing.ALL),
          new Kind("user x item, user x item x item", "--interactions ui uii", false, Knowing.ALL),
          new Kind(
              "user x item, retrieved by items' own weights", "-q ui", false, Knowing.OWN_WEIGHTS),
          new Kind("user x item, a declared rate", "-q ui", true, Knowing.ALL),
          new Kind(
              "user x item, a declared rate, retrieved without it",
              "-q ui",
              true,
              Knowing.NOTHING_DECLARED),
          new Kind("user x item, item x item, a declared rate", "-q ui -q ii", true, Knowing.ALL));

  @Override
  public Integer call() throws RejectedExampleException {
    if (seeds < 2 || seeds >= STUDENT.length) {
      throw new IllegalArgumentException("--seeds: " + seeds + " (expected: 2 to 10)");
    }
    ObjectNode root = JSON.createObjectNode();
    root.set("facts", JSON.valueToTree(RunFacts.of(command())));
    root.put("items", items)
        .put("seeds", seeds)
        .put("decisions", decisions)
        .put("visits", visits)
        .put("rounds", rounds);
    times(root.putArray("times"));
    System.out.printf(
        "%nMean of %d seeds, and half a 95 %% interval%n%n"
            + "| model | candidates | best item kept | of the ten best kept | reward |%n"
            + "|---|---|---|---|---|%n",
        seeds);
    ArrayNode losses = root.putArray("losses");
    for (Kind kind : KINDS) {
      if (kind.name().contains(model)) {
        losses(kind, losses);
      }
    }
    JsonFile.write(out, root);
    System.out.printf("%nWritten to %s.%n", out);
    return 0;
  }

  private String command() {
    return "waggle bench retrieval --seeds %d --items %d --decisions %d --visits %d --rounds %d --warm-up %d%s"
        .formatted(
            seeds,
            items,
            decisions,
            visits,
            rounds,
            warmUp,
            model.isEmpty() ? "" : " --model '" + model + "'");
  }

  private void times(ArrayNode rows) throws RejectedExampleException {
    for (Kind kind : List.of(KINDS.get(0), KINDS.get(2), KINDS.get(4))) {
      List<Trial.Timed> times =
          new Trial(1, items, decisions / 10, kind.interactions(), kind.rated())
              .times(CANDIDATES, rounds, warmUp);
      double exact = times.get(1).micros().getValueAtPercentile(50);
      System.out.printf(
          "%nProcessor time for %,d items, microseconds, %s%n%n| way | p50 | p90 | exact rankings are |%n"
              + "|---|---|---|---|%n",
          items, kind.name());
      for (Trial.Timed timed : times) {
        long half = timed.micros().getValueAtPercentile(50);
        long most = timed.micros().getValueAtPercentile(90);
        System.out.printf(
            Locale.ROOT,
            "| %s | %,d | %,d | %.1f times |%n",
            timed.way(),
            half,
            most,
            exact / half);
        rows.addObject()
            .put("model", kind.name())
            .put("way", timed.way())
            .put("p50_micros", half)
            .put("p90_micros", most)
            .put("exact_rankings_ratio", exact / half);
      }
    }
  }

  private void losses(Kind kind, ArrayNode rows) throws RejectedExampleException {
    List<List<Trial.Loss>> bySeed = new ArrayList<>();
    for (long seed = 1; seed <= seeds; seed++) {
      bySeed.add(
          new Trial(seed, items, decisions, kind.interactions(), kind.rated())
              .losses(CANDIDATES, visits, kind.knowing()));
    }
    for (int i = 0; i < CANDIDATES.length; i++) {
      int candidates = i;
      List<Trial.Loss> losses = bySeed.stream().map(each -> each.get(candidates)).toList();
      ObjectNode row = rows.addObject().put("model", kind.name()).put("candidates", CANDIDATES[i]);
      System.out.printf("| %s | %d ", kind.name(), CANDIDATES[i]);
      put(row, "best", losses, Trial.Loss::best);
      put(row, "best_ten", losses, Trial.Loss::bestTen);
      put(row, "reward", losses, Trial.Loss::reward);
      System.out.println("|");
    }
  }

  private void put(
      ObjectNode row, String name, List<Trial.Loss> losses, ToDoubleFunction<Trial.Loss> of) {
    double mean = losses.stream().mapToDouble(of).average().orElseThrow();
    double squares =
        losses.stream().mapToDouble(each -> Math.pow(of.applyAsDouble(each) - mean, 2)).sum();
    double half = STUDENT[seeds] * Math.sqrt(squares / (seeds - 1) / seeds);
    row.put(name, mean).put(name + "_half_interval", half);
    System.out.printf(Locale.ROOT, "| %.3f ± %.3f ", mean, half);
  }
}
