package io.waggle.jobs.learn;

import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.List;

/**
 * What is said of what a policy is worth: its evaluations and the tombstones of those of segments
 * that are no longer declared. One thread.
 */
final class PolicyReport {
  private final String surface;
  private final String policy;
  private final Seat seat;
  private final ShadowValue value;
  private final EvaluationWatch watch;

  PolicyReport(String surface, String policy, Seat seat, ShadowValue value) {
    this.surface = surface;
    this.policy = policy;
    this.seat = seat;
    this.value = value;
    this.watch = new EvaluationWatch(surface + "/" + policy);
  }

  /**
   * Of all decisions together, then of the segments that changed.
   *
   * @param detail of the condition, for people; empty: nothing
   */
  List<PolicyEvaluation> evaluate(
      Pupil pupil, PolicyCondition condition, String detail, long nowMillis) {
    List<PolicyEvaluation> evaluations = new ArrayList<>();
    for (PolicyEvaluation.Builder evaluation : value.evaluate()) {
      if (seat.isAlone()) {
        // Nobody adds them up.
        evaluation.clearSums();
      }
      evaluations.add(
          named(evaluation)
              .setEventsLearned(pupil.eventsLearned())
              .setRejected(evaluation.getRejected() + pupil.rejected())
              .setUpdatedMillis(nowMillis)
              .setCondition(condition)
              .setConditionDetail(detail)
              .setWriterEpoch(seat.epoch())
              .build());
    }
    watch.heed(evaluations);
    return evaluations;
  }

  private PolicyEvaluation.Builder named(PolicyEvaluation.Builder evaluation) {
    return evaluation
        .setSurface(surface)
        .setPolicy(policy)
        .setShard(seat.shard())
        .setLearners(seat.isAlone() ? 0 : seat.learners());
  }

  /**
   * Tombstones of segments that are no longer declared; what was handed out does not come again.
   */
  List<PolicyEvaluation> takeUndeclared() {
    return value.takeUndeclared().stream()
        .map(segment -> named(PolicyEvaluation.newBuilder().setSegment(segment)).build())
        .toList();
  }

  /** What it was worth when it was evaluated last, and what was wrong then. */
  EvaluationWatch watch() {
    return watch;
  }
}
