package io.waggle.jobs.learn;

import io.waggle.core.evaluate.EvaluationSettings;
import io.waggle.core.evaluate.Evidence;
import io.waggle.core.evaluate.Segmentation;
import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.surface.Surface;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.SegmentState;
import io.waggle.v1.ShownDecision;
import io.waggle.v1.ShownPrediction;
import java.util.ArrayList;
import java.util.List;

/**
 * The running evaluation of one policy. Its sums are of one reward range, floor, alpha and weight
 * cap: under others it starts anew. One thread.
 */
final class ShadowValue {
  private final String policy;
  private final List<String> undeclared = new ArrayList<>();
  private Surface surface;
  private SegmentedEvaluator evaluator;

  /**
   * Goes on from what was saved if that was made with the same settings; segments that are no
   * longer declared are left.
   */
  ShadowValue(String policy, Surface surface, PolicyState state) {
    this.policy = policy;
    this.surface = surface;
    boolean same = state.getEvaluatedWith().equals(madeWith(surface));
    Segmentation declared = new Segmentation(surface.config().getEvaluation(), List.of());
    List<SegmentState> segments = new ArrayList<>();
    for (SegmentState segment : state.getSegmentsList()) {
      String name = segment.getSegment();
      if (!SegmentedEvaluator.isBuiltIn(name) && !declared.declares(name)) {
        undeclared.add(name);
      } else if (same && segment.hasEvaluator()) {
        segments.add(segment);
      }
    }
    this.evaluator =
        new SegmentedEvaluator(
            settings(surface),
            same ? state.getEvaluator() : EvaluatorState.getDefaultInstance(),
            segments);
  }

  /** Goes on under a changed surface. */
  void follow(Surface changed) {
    if (!madeWith(surface).equals(madeWith(changed))) {
      evaluator = new SegmentedEvaluator(settings(changed));
    }
    surface = changed;
  }

  /** One decision: what the policy would have served, and what came of it. */
  void add(Lesson lesson, Background background, double[] probabilities) {
    double[] expected = background.expected().get(0);
    evaluator.add(
        new Evidence(
            probabilities[lesson.chosen()],
            lesson.propensity(),
            lesson.reward(),
            Evidence.directReward(probabilities, expected),
            expected[lesson.chosen()],
            1,
            background.smallestPropensity(),
            background.timeMillis()),
        background.decidedBy().equals(policy),
        background.segments());
  }

  /**
   * One decision of several slots.
   *
   * @param probabilities {@code double[slots][actions]}, each slot's given those logged before
   */
  void addSlots(JoinedSlots slots, Background background, List<double[]> probabilities) {
    double[] rewards = slots.rewards();
    double[] propensities = slots.propensities();
    List<Evidence> evidence = new ArrayList<>(slots.size());
    for (int i = 0; i < slots.size(); i++) {
      int action = slots.outcomes().get(i).action();
      double[] expected = background.expected().get(i);
      evidence.add(
          new Evidence(
              probabilities.get(i)[action],
              propensities[i],
              rewards[i],
              Evidence.directReward(probabilities.get(i), expected),
              expected[action],
              1,
              background.smallestPropensity(),
              background.timeMillis()));
    }
    evaluator.addSlots(
        slots.ids(), evidence, background.decidedBy().equals(policy), background.segments());
  }

  /** A decision that was shown closed: what the policy had predicted then, and its reward. */
  void addShown(ShownDecision shown, ShownPrediction prediction, double reward) {
    evaluator.add(
        new Evidence(
            prediction.getProbability(),
            shown.getPropensity(),
            reward,
            prediction.getDirectReward(),
            shown.getModelledReward(),
            1,
            shown.getSmallestPropensity(),
            shown.getEventTimeMillis()),
        shown.getPolicy().equals(policy),
        shown.getSegmentsList());
  }

  /**
   * Estimates and intervals now, the segments filled in: of all decisions, then of the segments
   * that changed since it was asked last.
   */
  List<PolicyEvaluation.Builder> evaluate() {
    return evaluator.evaluate();
  }

  /** The segments that have a value of their own. */
  List<String> segments() {
    return evaluator.names();
  }

  /**
   * Segments that were saved and are no longer declared: their records are to leave the topic. What
   * was handed out does not come again.
   */
  List<String> takeUndeclared() {
    List<String> taken = List.copyOf(undeclared);
    undeclared.clear();
    return taken;
  }

  /** The sums, for a checkpoint. */
  void save(PolicyState.Builder state) {
    state
        .setEvaluator(evaluator.all())
        .addAllSegments(evaluator.segments())
        .setEvaluatedWith(madeWith(surface));
  }

  private static EvaluationSettings settings(Surface surface) {
    return new EvaluationSettings(
        surface.reward().min(),
        surface.reward().max(),
        alpha(surface),
        surface.weightCap(),
        surface.evaluationWindow().toMillis());
  }

  /** What the sums of a surface's policies are made with. */
  static String madeWith(Surface surface) {
    return "range [%s, %s], floor %s, alpha %s, cap %s"
        .formatted(
            surface.reward().min(),
            surface.reward().max(),
            surface.explorationFloor(),
            alpha(surface),
            surface.weightCap());
  }

  /** Several learners share it: their intervals are to hold together. */
  private static double alpha(Surface surface) {
    return surface.alpha() / surface.learners();
  }
}
