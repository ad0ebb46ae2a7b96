package io.waggle.app.demo;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.v1.ConfidenceInterval;

/**
 * What came of the decisions of one policy that answers users, and what the hidden truth would have
 * given on the same page views. One thread.
 */
final class ArmTally {
  private final double[] decisions;
  private final double[] clicks;
  private final double[] uniform;
  private final double[] best;
  private final PolicyEvaluator bound;

  /**
   * Nothing yet.
   *
   * @param seconds of the run; what comes later counts for the last
   * @param alpha error probability of the click rate's interval, both sides together
   */
  ArmTally(int seconds, double alpha) {
    decisions = new double[seconds];
    clicks = new double[seconds];
    uniform = new double[seconds];
    best = new double[seconds];
    bound = new PolicyEvaluator(0, 1, alpha);
  }

  /**
   * A decision made in this second of the run.
   *
   * @param uniformRate click probability of a story drawn at random from those offered
   * @param bestRate that of the story the reader would like best
   */
  void add(int second, boolean clicked, double uniformRate, double bestRate) {
    int at = Math.min(decisions.length - 1, Math.max(0, second));
    decisions[at]++;
    clicks[at] += clicked ? 1 : 0;
    uniform[at] += uniformRate;
    best[at] += bestRate;
    // Its own decisions were drawn from it, so each weighs 1: the interval is that of a running
    // mean, valid at every look though the rate drifts.
    bound.add(1, 1, clicked ? 1 : 0);
  }

  /** Sums of the seconds from (inclusive) to (exclusive). */
  Span span(int fromSecond, int toSecond) {
    int from = Math.max(0, fromSecond);
    int to = Math.min(decisions.length, toSecond);
    double[] sums = new double[4];
    for (int second = from; second < to; second++) {
      sums[0] += decisions[second];
      sums[1] += clicks[second];
      sums[2] += uniform[second];
      sums[3] += best[second];
    }
    return new Span(sums[0], sums[1], sums[2], sums[3]);
  }

  /** The whole run. */
  Span all() {
    return span(0, decisions.length);
  }

  /** Interval of the mean click rate, valid at every look. */
  ConfidenceInterval interval() {
    return bound.evaluate().getInterval();
  }

  /**
   * Sums over a span of time.
   *
   * @param uniform expected clicks of uniform on the same page views
   * @param best expected clicks of the best possible on the same page views
   */
  record Span(double decisions, double clicks, double uniform, double best) {
    double clickRate() {
      return clicks / decisions;
    }

    double uniformRate() {
      return uniform / decisions;
    }

    double bestRate() {
      return best / decisions;
    }

    /** Where the clicks lie between uniform (0) and the best possible (1). */
    double score() {
      return (clicks - uniform) / (best - uniform);
    }
  }
}
