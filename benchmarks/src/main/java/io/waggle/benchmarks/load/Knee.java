package io.waggle.benchmarks.load;

import java.util.List;

/**
 * Where a latency curve turns upwards: the last rate before the median first exceeds {@value
 * #FACTOR} times the smallest median of the rates before, or more than one call in a hundred gets
 * no answer. By the median, as a p99 turns with every pause of a busy machine. Pure.
 *
 * @param rate calls a second; 0: already the smallest rate is too much
 * @param reached false: no rate that was tried is too much, so the knee lies further up
 */
record Knee(int rate, boolean reached) {
  static final double FACTOR = 3;
  static final double MOST_LOST = 0.01;

  /** Of one way's points by growing rate; at least one. */
  static Knee of(List<Point> points) {
    double smallest = Double.POSITIVE_INFINITY;
    int last = 0;
    for (Point point : points) {
      Turn.Seen seen = point.together();
      if (isTooMuch(seen, smallest)) {
        return new Knee(last, true);
      }
      smallest = Math.min(smallest, seen.millis(50));
      last = point.rate();
    }
    return new Knee(last, false);
  }

  private static boolean isTooMuch(Turn.Seen seen, double smallestMedian) {
    return seen.answered() == 0
        || seen.lost() > MOST_LOST
        || seen.millis(50) > FACTOR * smallestMedian;
  }

  @Override
  public String toString() {
    return reached ? Integer.toString(rate) : "above " + rate;
  }
}
