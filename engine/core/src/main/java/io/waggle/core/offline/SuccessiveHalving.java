package io.waggle.core.offline;

import io.waggle.core.log.LogCounts;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A search among many candidates that spends little on the bad ones. At fixed shares of the log two
 * things end candidates:
 *
 * <ul>
 *   <li>Bounds: one whose interval lies wholly below the best lower bound of any. The intervals are
 *       valid at every look, and each is at alpha / (number of candidates): with probability at
 *       least 1 - alpha none of them ever misses, and then the candidate whose value so far is
 *       truly the best is never ended so.
 *   <li>Halving: of what is left, those behind the better part by their estimate. That is a guess
 *       that saves time, and proves nothing: the best may be lost.
 * </ul>
 *
 * The value so far is that of the decisions read: a learner that begins slowly and would be best in
 * the end is not told from one that is bad. One thread.
 */
public final class SuccessiveHalving implements ProgressiveEvaluation.Watcher {
  private final List<CandidateRun> searched;
  private final List<CandidateRun> all;
  private final Plan plan;
  private int nextLook;

  /**
   * When to look, and whom to keep.
   *
   * @param looks shares of the log, rising, in (0, 1)
   * @param keep share of the candidates left that go on after a look, by their estimate; in (0, 1];
   *     1: bounds alone end candidates
   * @param estimator of the estimates
   */
  public record Plan(List<Double> looks, double keep, Estimator estimator) {
    /** Most looks. */
    public static final int LOOKS_MAX = 20;

    public Plan {
      looks = List.copyOf(looks);
      double before = 0;
      for (double look : looks) {
        if (!(look > before && look < 1) || looks.size() > LOOKS_MAX) {
          throw new IllegalArgumentException(
              "looks: %s (expected: at most %d rising shares of the log, each above 0, below 1)"
                  .formatted(looks, LOOKS_MAX));
        }
        before = look;
      }
      if (!(keep > 0 && keep <= 1)) {
        throw new IllegalArgumentException("keep: " + keep + " (expected: in (0, 1])");
      }
    }
  }

  /**
   * A search.
   *
   * @param searched those that may be ended
   * @param all these and the others, whose bounds count too
   */
  public SuccessiveHalving(List<CandidateRun> searched, List<CandidateRun> all, Plan plan) {
    this.searched = List.copyOf(searched);
    this.all = List.copyOf(all);
    this.plan = plan;
  }

  @Override
  public void batchDone(List<Occasion> occasions, double share, LogCounts counts) {
    boolean due = false;
    while (nextLook < plan.looks().size() && share >= plan.looks().get(nextLook)) {
      nextLook++;
      due = true;
    }
    if (due && share < 1) {
      look(String.format(Locale.ROOT, "%.0f %% of the log", 100 * share));
    }
  }

  private void look(String when) {
    double bestLower =
        all.stream()
            .filter(run -> run.candidate().config() != null)
            .map(CandidateRun::evaluation)
            .filter(evaluation -> evaluation.getCount() > 0)
            .mapToDouble(evaluation -> evaluation.getInterval().getLower())
            .max()
            .orElse(Double.NEGATIVE_INFINITY);
    List<CandidateRun> left = new ArrayList<>();
    for (CandidateRun run : searched) {
      if (!run.hasEnded()) {
        PolicyEvaluation evaluation = run.evaluation();
        ConfidenceInterval interval = evaluation.getInterval();
        if (interval.getUpper() < bestLower) {
          run.end("dropped at " + when + ": its upper bound is below the best lower bound");
        } else {
          left.add(run);
        }
      }
    }
    left.sort(Comparator.comparingDouble(this::estimate).reversed());
    int kept = Math.max(1, (int) Math.ceil(plan.keep() * left.size()));
    left.stream()
        .skip(kept)
        .forEach(
            run -> run.end("halved at " + when + ": behind by its estimate, not proven worse"));
  }

  private double estimate(CandidateRun run) {
    Estimate estimate = run.estimate(plan.estimator());
    return estimate == null ? Double.NEGATIVE_INFINITY : estimate.value();
  }
}
