package io.waggle.benchmarks.value;

import io.waggle.app.demo.Readers;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.surface.Surface;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.function.IntConsumer;

/**
 * The two policies of a comparison on the same readers, page view by page view. They are told apart
 * when the lower bound of the one lies above the upper bound of the other; each bound has half of
 * alpha, and both hold at every look, so a wrong verdict ever comes in at most alpha of the runs.
 */
final class WorthRun {
  /** A look comes when the page views have grown by this share. */
  private static final double LOOK_GROWTH = 0.02;

  private static final int FIRST_LOOK = 100;

  /** Values over time are means of so many parts of a run. */
  static final int PARTS = 40;

  private final Comparison comparison;
  private final int views;
  private final double alpha;
  private final PolicyEvaluator difference;

  WorthRun(Comparison comparison, int views, double alpha) {
    if (views < PARTS) {
      throw new IllegalArgumentException("views: " + views + " (expected: at least " + PARTS + ")");
    }
    this.comparison = comparison;
    this.views = views;
    this.alpha = alpha;
    this.difference = new PolicyEvaluator(-1, 1, alpha);
  }

  /**
   * A policy's clicks.
   *
   * @param interval of their mean, at the end
   * @param parts mean chance of a click in each part of the run
   */
  record Side(double clicks, ConfidenceInterval interval, double[] parts) {}

  /**
   * What came of it.
   *
   * @param toldAt page views until the policy with it was seen to be better; 0: it was not
   * @param wrongAt until the one without it was; 0: it was not
   * @param uniform mean chance of a click of a story drawn at random, as the readers of the policy
   *     with it were
   * @param best of the best story
   */
  record Outcome(Side with, Side without, int toldAt, int wrongAt, double uniform, double best) {}

  /** Runs; {@code progress} is told of each page view of both. */
  Outcome run(long seed, IntConsumer progress) throws Exception {
    int toldAt = 0;
    int wrongAt = 0;
    int nextLook = FIRST_LOOK;
    double uniform = 0;
    double best = 0;
    Tally withTally = new Tally();
    Tally withoutTally = new Tally();
    try (LiveRun with = run(comparison.with(), seed);
        LiveRun without = run(comparison.without(), seed)) {
      for (int view = 1; view <= views; view++) {
        LiveRun.View seen = with.next();
        LiveRun.View other = without.next();
        withTally.add(view, seen);
        withoutTally.add(view, other);
        difference.add(1, 1, seen.chance() - other.chance());
        uniform += seen.uniform() / views;
        best += seen.best() / views;
        if (view == nextLook || view == views) {
          nextLook = (int) Math.ceil(nextLook * (1 + LOOK_GROWTH));
          toldAt = toldAt == 0 && above(with, without) ? view : toldAt;
          wrongAt = wrongAt == 0 && above(without, with) ? view : wrongAt;
        }
        progress.accept(view);
      }
      return new Outcome(
          withTally.side(with), withoutTally.side(without), toldAt, wrongAt, uniform, best);
    }
  }

  /**
   * What is shown with it less what is shown without, in chances of a click, over the page views of
   * all runs so far: {@code ips} is the mean, the interval is valid at every look. Chances are
   * known here and have no noise of clicks.
   */
  PolicyEvaluation difference() {
    return difference.evaluate().build();
  }

  private LiveRun run(Surface surface, long seed) throws Exception {
    return new LiveRun(
        surface,
        new Readers(seed, comparison.impatientShare()),
        comparison.tellsPages(),
        alpha / 2);
  }

  private static boolean above(LiveRun one, LiveRun other) {
    return one.interval().getLower() > other.interval().getUpper();
  }

  private final class Tally {
    private final double[] sums = new double[PARTS];
    private final int[] counts = new int[PARTS];
    private double clicks;

    void add(int view, LiveRun.View seen) {
      int part = (int) ((long) (view - 1) * PARTS / views);
      sums[part] += seen.chance();
      counts[part]++;
      clicks += seen.clicked() ? 1 : 0;
    }

    Side side(LiveRun run) {
      double[] means = new double[PARTS];
      for (int part = 0; part < PARTS; part++) {
        means[part] = sums[part] / counts[part];
      }
      return new Side(clicks / views, run.interval(), means);
    }
  }
}
