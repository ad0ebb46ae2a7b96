package io.waggle.jobs.learn;

import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a policy was worth when it was evaluated last, for metrics, and the alarm over its logged
 * propensities: said in the log when it begins and when it ends. One thread; a reporter's thread
 * reads what is volatile.
 */
final class EvaluationWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(EvaluationWatch.class);

  private final String policy;
  private String ofAll = "";
  private String ofOwn = "";
  private volatile PolicyEvaluation last = PolicyEvaluation.getDefaultInstance();
  private volatile boolean alarmed;

  /**
   * @param policy its name, for people
   */
  EvaluationWatch(String policy) {
    this.policy = policy;
  }

  /** New evaluations: of all decisions, and of segments. */
  void heed(List<PolicyEvaluation> evaluations) {
    for (PolicyEvaluation evaluation : evaluations) {
      if (evaluation.getSegment().equals(SegmentedEvaluator.ALL)) {
        last = evaluation;
        ofAll = evaluation.getAlarm();
      } else if (evaluation.getSegment().equals(SegmentedEvaluator.OWN)) {
        ofOwn = evaluation.getAlarm();
      }
    }
    String reason = ofAll.isEmpty() ? ofOwn : ofAll;
    if (reason.isEmpty() == alarmed) {
      alarmed = !reason.isEmpty();
      if (alarmed) {
        LOGGER.error("Evaluation of {} is not to be trusted: {}", policy, reason);
      } else {
        LOGGER.info("Evaluation of {} agrees with its propensities again", policy);
      }
    }
  }

  /** Over all decisions. */
  PolicyEvaluation last() {
    return last;
  }

  /** True: what is logged as propensities cannot be what the actions were drawn with. */
  boolean isAlarmed() {
    return alarmed;
  }
}
