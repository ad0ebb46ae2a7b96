package io.waggle.benchmarks.validity;

import io.waggle.core.evaluate.Interval;

/** What one method's intervals did over many runs, by look. Runs are added one after the other. */
final class Course {
  private final int[] missed;
  private final double[] widths;
  private int runs;
  private boolean missedThisRun;

  Course(int looks) {
    this.missed = new int[looks];
    this.widths = new double[looks];
  }

  void beginRun() {
    runs++;
    missedThisRun = false;
  }

  /**
   * The current run's interval at a look.
   *
   * @param counts false: a miss is none here
   */
  void look(int look, Interval interval, double truth, boolean counts) {
    missedThisRun |= counts && !interval.holds(truth);
    missed[look] += missedThisRun ? 1 : 0;
    widths[look] += interval.width();
  }

  /** Share of runs whose interval has missed the truth at this look or an earlier one. */
  double missedBy(int look) {
    return (double) missed[look] / runs;
  }

  /** Share of runs that missed at any look. */
  double everMissed() {
    return missedBy(missed.length - 1);
  }

  /** True: more runs missed than chance explains, three standard deviations above alpha. */
  boolean missesTooOften(double alpha) {
    return everMissed() > alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs);
  }

  /** Mean width at a look. */
  double width(int look) {
    return widths[look] / runs;
  }
}
