package io.waggle.jobs.learn;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.surface.Surface;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import java.util.ArrayList;
import java.util.List;

/**
 * The running evaluation of one policy. Its sums are of one reward range, floor and alpha: under
 * others it starts anew. One thread.
 */
final class ShadowValue {
  /** The segment of all decisions. */
  static final String ALL = "all";

  private Surface surface;
  private PolicyEvaluator evaluator;
  private SlotValues slots;

  /** Goes on from what was saved if that was made with the same settings. */
  ShadowValue(Surface surface, PolicyState state) {
    this.surface = surface;
    PolicyState saved =
        state.getEvaluatedWith().equals(madeWith(surface))
            ? state
            : PolicyState.getDefaultInstance();
    this.evaluator = evaluator(surface, saved.getEvaluator());
    this.slots = new SlotValues(sums -> evaluator(surface, sums), saved.getSlotEvaluatorsList());
  }

  /** Goes on under a changed surface. */
  void follow(Surface changed) {
    if (!madeWith(surface).equals(madeWith(changed))) {
      evaluator = evaluator(changed, EvaluatorState.getDefaultInstance());
      slots = new SlotValues(sums -> evaluator(changed, sums), List.of());
    }
    surface = changed;
  }

  /** One decision: the policy's probability of the logged action, propensity, reward. */
  void add(double probability, double propensity, double reward) {
    evaluator.add(probability, propensity, reward);
  }

  /** One decision of several slots: the policy's probabilities of the logged actions. */
  void addSlots(JoinedSlots joined, double[] probabilities) {
    evaluator.addSlots(probabilities, joined.propensities(), joined.rewards());
    slots.add(joined, probabilities);
  }

  /** Estimates and intervals now: of all decisions, then slot by slot; the segments filled in. */
  List<PolicyEvaluation.Builder> evaluate() {
    List<PolicyEvaluation.Builder> evaluations = new ArrayList<>();
    evaluations.add(evaluator.evaluate().setSegment(ALL));
    evaluations.addAll(slots.evaluate());
    return evaluations;
  }

  /** The slots that have a value of their own. */
  List<String> slotIds() {
    return slots.ids();
  }

  /** The sums, for a checkpoint. */
  void save(PolicyState.Builder state) {
    state
        .setEvaluator(evaluator.state())
        .addAllSlotEvaluators(slots.save())
        .setEvaluatedWith(madeWith(surface));
  }

  private static PolicyEvaluator evaluator(Surface surface, EvaluatorState sums) {
    return PolicyEvaluator.restore(
        sums, surface.reward().min(), surface.reward().max(), alpha(surface));
  }

  /** What the sums of a surface's policies are made with. */
  static String madeWith(Surface surface) {
    return "range [%s, %s], floor %s, alpha %s"
        .formatted(
            surface.reward().min(),
            surface.reward().max(),
            surface.explorationFloor(),
            alpha(surface));
  }

  /** Several learners share it: their intervals are to hold together. */
  private static double alpha(Surface surface) {
    return surface.alpha() / surface.learners();
  }
}
