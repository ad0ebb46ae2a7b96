package io.waggle.core.offline;

import java.util.ArrayList;
import java.util.List;

/**
 * A policy's value along a log of unknown length: at most {@value #MOST} windows of equally many
 * decisions. When there would be more, pairs of neighbours become one and the size doubles. One
 * thread.
 */
final class ValueWindows {
  /** Most windows. */
  static final int MOST = 64;

  private static final long FIRST_SIZE = 50;

  private final List<Window> windows = new ArrayList<>();
  private long size = FIRST_SIZE;
  private Sums open = Sums.NONE;

  /**
   * Sums of decisions.
   *
   * @param decisions how many there were
   * @param counts how many they stand for
   * @param rewards sum of rewards
   * @param weighted sum of weight times reward
   * @param squaredWeighted sum of the squares of what makes {@code weighted}
   */
  private record Sums(
      long decisions, double counts, double rewards, double weighted, double squaredWeighted) {
    static final Sums NONE = new Sums(0, 0, 0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          decisions + other.decisions,
          counts + other.counts,
          rewards + other.rewards,
          weighted + other.weighted,
          squaredWeighted + other.squaredWeighted);
    }

    double mean() {
      return counts == 0 ? 0 : weighted / counts;
    }

    double standardError() {
      if (decisions < 2) {
        return 0;
      }
      double variance = squaredWeighted / decisions - Math.pow(weighted / decisions, 2);
      return Math.sqrt(Math.max(0, variance) / (decisions - 1)) * decisions / counts;
    }
  }

  private record Window(Sums sums, Look look) {}

  /**
   * What was known at a window's end.
   *
   * @param lower lower end of the interval that is valid at every look
   * @param upper upper end
   */
  record Look(double lower, double upper) {}

  /** Gives the interval of all decisions so far; costs some hundred microseconds. */
  interface Interval {
    Look look();
  }

  /**
   * One decision.
   *
   * @param weighted weight times reward
   * @param times how many decisions it stands for
   */
  void add(double weighted, double reward, double times, Interval interval) {
    double counted = times * weighted;
    open = open.plus(new Sums(1, times, times * reward, counted, counted * counted));
    if (open.decisions() == size) {
      close(interval);
    }
  }

  private void close(Interval interval) {
    windows.add(new Window(open, interval.look()));
    open = Sums.NONE;
    if (windows.size() == MOST) {
      List<Window> pairs = new ArrayList<>(MOST / 2);
      for (int i = 0; i < MOST; i += 2) {
        pairs.add(
            new Window(
                windows.get(i).sums().plus(windows.get(i + 1).sums()), windows.get(i + 1).look()));
      }
      windows.clear();
      windows.addAll(pairs);
      size *= 2;
    }
  }

  /**
   * The value along the log, one point a window; the last window may be shorter.
   *
   * @param z of the fixed-time intervals
   */
  List<ValuePoint> points(Interval interval, double z) {
    List<Window> all = new ArrayList<>(windows);
    if (open.decisions() > 0) {
      all.add(new Window(open, interval.look()));
    }
    List<ValuePoint> points = new ArrayList<>(all.size());
    Sums running = Sums.NONE;
    for (Window window : all) {
      running = running.plus(window.sums());
      Sums sums = window.sums();
      points.add(
          new ValuePoint(
              running.decisions(),
              running.mean(),
              window.look().lower(),
              window.look().upper(),
              sums.decisions(),
              Estimate.around(sums.mean(), z * sums.standardError()),
              sums.counts() == 0 ? 0 : sums.rewards() / sums.counts()));
    }
    return points;
  }
}
