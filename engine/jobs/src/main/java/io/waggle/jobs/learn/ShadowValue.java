package io.waggle.jobs.learn;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.surface.Surface;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;

/**
 * The running evaluation of one policy. Its sums are of one reward range, floor and alpha: under
 * others it starts anew. One thread.
 */
final class ShadowValue {
  private Surface surface;
  private PolicyEvaluator evaluator;

  /** Goes on from what was saved if that was made with the same settings. */
  ShadowValue(Surface surface, PolicyState state) {
    this.surface = surface;
    this.evaluator =
        state.getEvaluatedWith().equals(madeWith(surface))
            ? PolicyEvaluator.restore(
                state.getEvaluator(),
                surface.reward().min(),
                surface.reward().max(),
                surface.alpha())
            : fresh(surface);
  }

  /** Goes on under a changed surface. */
  void follow(Surface changed) {
    if (!madeWith(surface).equals(madeWith(changed))) {
      evaluator = fresh(changed);
    }
    surface = changed;
  }

  /** One decision: the policy's probability of the logged action, propensity, reward. */
  void add(double probability, double propensity, double reward) {
    evaluator.add(probability, propensity, reward);
  }

  /** Estimates and intervals now. */
  PolicyEvaluation.Builder evaluate() {
    return evaluator.evaluate();
  }

  /** The sums, for a checkpoint. */
  void save(PolicyState.Builder state) {
    state.setEvaluator(evaluator.state()).setEvaluatedWith(madeWith(surface));
  }

  private static PolicyEvaluator fresh(Surface surface) {
    return new PolicyEvaluator(surface.reward().min(), surface.reward().max(), surface.alpha());
  }

  /** What the sums of a surface's policies are made with. */
  static String madeWith(Surface surface) {
    return "range [%s, %s], floor %s, alpha %s"
        .formatted(
            surface.reward().min(),
            surface.reward().max(),
            surface.explorationFloor(),
            surface.alpha());
  }
}
