package io.waggle.benchmarks.tastes;

import io.waggle.app.demo.Rehearsal;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How learners follow tastes that change in the middle of a run: rates that decay or not, on the
 * demo's readers; half-lives, on items whose popularity is drawn anew. Seeded; prints the table of
 * docs/policies.md. {@code waggle bench tastes}.
 */
@Command(
    name = "tastes",
    mixinStandardHelpOptions = true,
    description = "Learners before and after all tastes change.")
public final class TastesCommand implements Callable<Integer> {
  /** The demo's learner without its rate. */
  private static final String LEARNER =
      "--cb_explore_adf --softmax --lambda 10 -b 16 -q vt -q mt -q st --interactions vst"
          + " --interactions vmt ";

  private static final String[] RATES = {
    "-l 0.5",
    "-l 1",
    "-l 1 --power_t 0.25",
    "-l 0.5 --power_t 0",
    "-l 0.1 --power_t 0",
    "-l 0.02 --power_t 0"
  };

  private static final String[] HALF_LIVES = {"PT10S", "PT1M", "PT10M", "PT1H", "PT87600H"};

  @Option(names = "--seeds", description = "seeds 1 to this; default: ${DEFAULT-VALUE}")
  private int seeds = 4;

  @Option(names = "--pages", description = "page views of a run; default: ${DEFAULT-VALUE}")
  private int pages = 8_000;

  /** Scores in the last quarter before the change, the quarter after it, and the last quarter. */
  private record Scores(double before, double after, double late) {
    Scores plus(Scores other) {
      return new Scores(before + other.before, after + other.after, late + other.late);
    }
  }

  @Override
  public Integer call() {
    System.out.printf(
        "score: 0 uniform, 1 the best possible; %d seeds, %d page views%n%n", seeds, pages);
    System.out.println("| options | before | just after | at the end |\n|---|---|---|---|");
    for (String rate : RATES) {
      row(
          rate,
          seed -> {
            Rehearsal run = Rehearsal.run(LEARNER + rate, seed, pages, true);
            return new Scores(run.score(0.25, 0.5), run.score(0.5, 0.75), run.score(0.75, 1));
          });
    }
    for (String halfLife : HALF_LIVES) {
      row(
          "popularity half_life=" + halfLife,
          seed -> {
            double[] scores = MovingItems.scores("popularity half_life=" + halfLife, seed, pages);
            return new Scores(scores[1], scores[2], scores[3]);
          });
    }
    return 0;
  }

  private void row(String name, LongFunction<Scores> run) {
    Scores sum = new Scores(0, 0, 0);
    for (long seed = 1; seed <= seeds; seed++) {
      sum = sum.plus(run.apply(seed));
    }
    System.out.printf(
        Locale.ROOT,
        "| `%s` | %.2f | %.2f | %.2f |%n",
        name,
        sum.before() / seeds,
        sum.after() / seeds,
        sum.late() / seeds);
  }
}
