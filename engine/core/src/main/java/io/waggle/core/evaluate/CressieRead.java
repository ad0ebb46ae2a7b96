package io.waggle.core.evaluate;

import java.util.OptionalDouble;
import org.apache.commons.statistics.distribution.FDistribution;

/**
 * Estimate and interval of a policy's value by the Cressie-Read divergence of power -2, from
 * Karampatziakis, Langford, Mineiro, "Empirical likelihood for contextual bandits" (NeurIPS 2020).
 * Of sums alone; stateless; any thread; an interval takes some ten microseconds.
 *
 * <p>Weights average 1 whatever the policy, yet a log's do not quite. Decision i is given a
 * probability {@code q_i} instead of 1/N under which they do, as near to 1/N as possible: least
 * {@code D = sum (N q_i - 1)^2}. One decision is imagined beside the n logged ones (N = n + 1),
 * with the largest possible weight where the log's average below 1, else with the smallest: without
 * it there may be no such q. With bars for means over the N, the q nearest are linear in w,
 *
 * <pre>
 *   N q_i = 1 + (1 - barw) (w_i - barw) / var(w)     D* = N (1 - barw)^2 / var(w)
 * </pre>
 *
 * <p>The estimate is {@code sum q_i w_i r_i} over the logged decisions; what {@code sum q_i w_i}
 * lacks of 1 is given the mean logged reward. Rewards with a constant added give the estimate plus
 * that constant, as SNIPS does and IPS does not, with less bias.
 *
 * <p>The interval holds every {@code sum q_i w_i r_i} of a q with {@code D <= D* + F}, F the upper
 * alpha quantile of an F distribution of 1 and n degrees of freedom, the imagined decision having
 * the smallest reward (for the lower end) and the smallest or the largest weight, whichever gives
 * more. The least is reached at
 *
 * <pre>
 *   mean(w r) + (1 - barw) cov(w, w r) / var(w)
 *     - sqrt( (var(w r) - cov(w, w r)^2 / var(w)) ((D* + F) / N - (1 - barw)^2 / var(w)) )
 * </pre>
 *
 * <p>and the upper end is its mirror. It is for one look at a number of decisions fixed beforehand,
 * and right asymptotically; never wider than the rewards' range.
 */
public final class CressieRead {
  /** Name of the interval's method. */
  public static final String METHOD = "cressie-read";

  private final WeightRange possible;

  /**
   * For policies of these weights.
   *
   * @param possible the log's largest weight widens it; its smallest must be right
   */
  public CressieRead(WeightRange possible) {
    this.possible = possible;
  }

  /** The estimate; empty without any decision. Without any weight it is the mean logged reward. */
  public OptionalDouble estimate(WeightedRewards sums) {
    double n = sums.count();
    if (n == 0) {
      return OptionalDouble.empty();
    }
    double imagined = imagined(sums);
    double constant = 1 / n;
    double slope = 0;
    if (Double.isFinite(imagined)) {
      Moments moments = new Moments(sums, imagined, 0, 1);
      slope = (1 - moments.weight) / moments.weightVariance / (n + 1);
      constant = 1 / (n + 1) - slope * moments.weight;
    }
    // q_i = constant + slope w_i
    double value = constant * sums.weightedRewards() + slope * sums.weightsSquaredRewards();
    double weight = constant * sums.weights() + slope * sums.weightsSquared();
    return OptionalDouble.of(value + Math.max(0, 1 - weight) * sums.rewards() / n);
  }

  /**
   * The interval, within the rewards' range; the whole of it without any decision.
   *
   * @param rewardMin below rewardMax, and every reward between them
   * @param alpha in (0, 1), both sides together
   */
  public Interval interval(WeightedRewards sums, double rewardMin, double rewardMax, double alpha) {
    if (sums.count() == 0) {
      return new Interval(rewardMin, rewardMax);
    }
    double budget = budget(sums, alpha);
    double lower = least(sums, rewardMin, 1, budget);
    double upper = -least(sums, rewardMax, -1, budget);
    lower = Math.min(rewardMax, Math.max(rewardMin, lower));
    return new Interval(lower, Math.min(rewardMax, Math.max(lower, upper)));
  }

  private WeightRange range(WeightedRewards sums) {
    return possible.with(sums.weightMax());
  }

  private double imagined(WeightedRewards sums) {
    WeightRange range = range(sums);
    return sums.weights() < sums.count() ? range.max() : range.min();
  }

  /** (D* + F) / N. */
  private double budget(WeightedRewards sums, double alpha) {
    double n = sums.count();
    double imagined = imagined(sums);
    double nearest = 1 / n;
    if (Double.isFinite(imagined)) {
      Moments moments = new Moments(sums, imagined, 0, 1);
      nearest = (1 - moments.weight) * (1 - moments.weight) / moments.weightVariance;
    }
    double quantile = FDistribution.of(1, n).inverseSurvivalProbability(alpha);
    return nearest + quantile / (n + 1);
  }

  /**
   * The least {@code sum q_i w_i s r_i} within the budget.
   *
   * @param reward the imagined decision's
   * @param sign s: 1, or -1 for the mirror
   */
  private double least(WeightedRewards sums, double reward, int sign, double budget) {
    WeightRange range = range(sums);
    double best = Double.POSITIVE_INFINITY;
    for (double imagined : new double[] {range.min(), range.max()}) {
      Extreme extreme =
          Double.isFinite(imagined)
              ? new Moments(sums, imagined, reward, sign).extreme()
              : unboundedExtreme(sums, reward, sign);
      double left = budget - extreme.distance;
      // Beyond the budget, or no spread of weights at all: no q gives this one an average of 1.
      if (left >= 0) {
        best = Math.min(best, extreme.centre - Math.sqrt(extreme.residual * left));
      }
    }
    return best;
  }

  /** What {@link Moments#extreme} tends to when the imagined weight grows without end. */
  private static Extreme unboundedExtreme(WeightedRewards sums, double reward, int sign) {
    double n = sums.count();
    double difference = sums.weightedRewards() - reward * sums.weights();
    double squares =
        sums.weightedRewardsSquared()
            - 2 * reward * sums.weightsSquaredRewards()
            + reward * reward * sums.weightsSquared();
    return new Extreme(
        sign * (reward + difference / n),
        Math.max(0, squares - difference * difference / n) / (n + 1),
        1 / n);
  }

  /**
   * The nearest q and how much room there is around it.
   *
   * @param centre the value at the q nearest to 1/N
   * @param residual variance of w r that w does not explain
   * @param distance D of that q, over N; infinite: there is none
   */
  private record Extreme(double centre, double residual, double distance) {}

  /** Means over the logged decisions and the imagined one, rewards times a sign. */
  private static final class Moments {
    private final double weight;
    private final double weightVariance;
    private final double weightedReward;
    private final double covariance;
    private final double rewardVariance;

    Moments(WeightedRewards sums, double imagined, double reward, int sign) {
      double n = sums.count() + 1;
      double imaginedReward = imagined * reward;
      weight = (sums.weights() + imagined) / n;
      weightedReward = sign * (sums.weightedRewards() + imaginedReward) / n;
      weightVariance = (sums.weightsSquared() + imagined * imagined) / n - weight * weight;
      covariance =
          sign * (sums.weightsSquaredRewards() + imagined * imaginedReward) / n
              - weight * weightedReward;
      rewardVariance =
          (sums.weightedRewardsSquared() + imaginedReward * imaginedReward) / n
              - weightedReward * weightedReward;
    }

    Extreme extreme() {
      if (!(weightVariance > 0)) {
        return new Extreme(0, 0, Double.POSITIVE_INFINITY);
      }
      double missing = 1 - weight;
      return new Extreme(
          weightedReward + missing * covariance / weightVariance,
          Math.max(0, rewardVariance - covariance * covariance / weightVariance),
          missing * missing / weightVariance);
    }
  }
}
