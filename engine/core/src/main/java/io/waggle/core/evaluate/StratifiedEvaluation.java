package io.waggle.core.evaluate;

import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import java.util.function.Function;

/**
 * One evaluation of a policy out of those of disjoint shares of the decisions. Estimates and
 * fixed-time intervals are those of the added sums. The intervals valid at every look are the
 * shares' intervals weighted by count: each holds at all times but with its alpha, so all of them
 * together but with the sum of the alphas (union bound), and where all hold their weighted mean
 * does. Stateless; any thread.
 */
public final class StratifiedEvaluation {
  private StratifiedEvaluation() {}

  /**
   * The evaluation of all shares; surface, policy and segment are the first's, and what is done
   * with the policy is what is worst done with it at any.
   *
   * @param shares at least one, with their sums
   */
  public static PolicyEvaluation combine(List<PolicyEvaluation> shares) {
    PolicyEvaluation first = shares.get(0);
    EvaluatorState sums =
        shares.stream()
            .map(PolicyEvaluation::getSums)
            .reduce(EvaluatorState.getDefaultInstance(), EvaluatorSums::plus);
    ConfidenceInterval interval = interval(shares, sums, PolicyEvaluation::getInterval);
    PolicyEvaluation.Builder all =
        EvaluatorSums.evaluate(
                sums,
                new EvaluationSettings(
                    first.getRewardMin(),
                    first.getRewardMax(),
                    interval.getAlpha(),
                    first.getWeightCap(),
                    0))
            .setSurface(first.getSurface())
            .setPolicy(first.getPolicy())
            .setSegment(first.getSegment())
            .setInterval(interval)
            .setLift(interval(shares, sums, PolicyEvaluation::getLift));
    for (PolicyEvaluation each : shares) {
      all.setEventsLearned(all.getEventsLearned() + each.getEventsLearned())
          .setRejected(all.getRejected() + each.getRejected() - each.getSums().getRejected())
          .setUpdatedMillis(Math.max(all.getUpdatedMillis(), each.getUpdatedMillis()));
      if (all.getAlarm().isEmpty()) {
        all.setAlarm(each.getAlarm());
      }
      if (each.getConditionValue() >= all.getConditionValue()) {
        all.setCondition(each.getCondition()).setConditionDetail(each.getConditionDetail());
      }
    }
    return all.build();
  }

  private static ConfidenceInterval interval(
      List<PolicyEvaluation> shares,
      EvaluatorState sums,
      Function<PolicyEvaluation, ConfidenceInterval> each) {
    double lower = 0;
    double upper = 0;
    double alpha = 0;
    for (PolicyEvaluation share : shares) {
      ConfidenceInterval interval = each.apply(share);
      // Without any decision every share's interval is as wide as the rewards allow.
      double part =
          sums.getDecisions() == 0
              ? 1.0 / shares.size()
              : share.getSums().getDecisions() / sums.getDecisions();
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
}
