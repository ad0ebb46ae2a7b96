package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One evaluation of a policy out of those of disjoint shares of the decisions. Sums add up, and
 * means are weighted by count. The interval too is the shares' intervals weighted by count: each
 * holds at all times but with its alpha, so all of them together but with the sum of the alphas
 * (union bound), and where all hold their weighted mean does. Stateless; any thread.
 */
public final class StratifiedEvaluation {
  private StratifiedEvaluation() {}

  /**
   * The evaluation of all shares; surface, policy and segment are the first's, and what is done
   * with the policy is what is worst done with it at any.
   *
   * @param shares at least one
   */
  public static PolicyEvaluation combine(List<PolicyEvaluation> shares) {
    PolicyEvaluation.Builder sum =
        shares.get(0).toBuilder().clearShard().clearLearners().clearInterval().clearLift();
    long count = shares.stream().mapToLong(PolicyEvaluation::getCount).sum();
    double weights = sum(shares, PolicyEvaluation::getWeightSum);
    double squares = sum(shares, PolicyEvaluation::getWeightSquaredSum);
    double weighted = sum(shares, each -> each.getCount() * each.getIps());
    sum.setCount(count)
        .setRewardSum(sum(shares, PolicyEvaluation::getRewardSum))
        .setWeightSum(weights)
        .setWeightSquaredSum(squares)
        .setIps(count == 0 ? 0 : weighted / count)
        .setSnips(weights == 0 ? 0 : weighted / weights)
        .setEffectiveSampleSize(squares == 0 ? 0 : weights * weights / squares)
        .setInterval(interval(shares, count, PolicyEvaluation::getInterval))
        .setLift(interval(shares, count, PolicyEvaluation::getLift))
        .setNoOverlap(count > 0 && weights == 0)
        .setRejected(shares.stream().mapToLong(PolicyEvaluation::getRejected).sum())
        .setEventsLearned(shares.stream().mapToLong(PolicyEvaluation::getEventsLearned).sum());
    for (PolicyEvaluation each : shares) {
      sum.setWeightMax(Math.max(sum.getWeightMax(), each.getWeightMax()))
          .setUpdatedMillis(Math.max(sum.getUpdatedMillis(), each.getUpdatedMillis()));
      if (each.getConditionValue() > sum.getConditionValue()) {
        sum.setCondition(each.getCondition()).setConditionDetail(each.getConditionDetail());
      }
    }
    return sum.build();
  }

  private static ConfidenceInterval interval(
      List<PolicyEvaluation> shares,
      long count,
      Function<PolicyEvaluation, ConfidenceInterval> each) {
    double lower = 0;
    double upper = 0;
    double alpha = 0;
    for (PolicyEvaluation share : shares) {
      ConfidenceInterval interval = each.apply(share);
      // Without any decision every share's interval is as wide as the rewards allow.
      double part = count == 0 ? 1.0 / shares.size() : (double) share.getCount() / count;
      lower += part * interval.getLower();
      upper += part * interval.getUpper();
      alpha += interval.getAlpha();
    }
    return each.apply(shares.get(0)).toBuilder()
        .setLower(lower)
        .setUpper(upper)
        .setAlpha(alpha)
        .build();
  }

  private static double sum(
      List<PolicyEvaluation> shares, ToDoubleFunction<PolicyEvaluation> each) {
    return shares.stream().mapToDouble(each).sum();
  }
}
