package io.waggle.core.score;

/**
 * Uniform over the actions that may be best: those whose lowest plausible cost is not above the
 * smallest of the highest plausible ones (Foster, Agarwal, Dudík, Luo, Schapire 2018, algorithm 1;
 * {@code cb_explore_adf_regcb.cc}). Plausible is a cost that the learner would reach with so many
 * examples of it that its loss grows by at most {@code mellowness log(actions events) range^2}.
 *
 * @param learned labelled events learned
 */
record RegCbExplorer(float mellowness, float minCost, float maxCost, long learned)
    implements Explorer {
  private static final int BISECTIONS = 20;
  private static final float TOLERANCE = 1e-6f;

  static RegCbExplorer of(LearnerOptions options, long learned) {
    return new RegCbExplorer(
        options.decimal("--mellowness", 0.1f),
        options.decimal("--cb_min_cost", 0),
        options.decimal("--cb_max_cost", 1),
        learned);
  }

  /** Beyond every cost, so that the score moves all the way. */
  float lowTarget() {
    return minCost - 1;
  }

  float highTarget() {
    return maxCost + 1;
  }

  @Override
  public void explore(RankedActions actions) {
    actions.rank(0);
    int count = actions.actions();
    float range = maxCost - minCost;
    float loss = mellowness * (float) Math.log((float) (count * learned)) * (range * range);
    float smallestHigh = Float.MAX_VALUE;
    for (int action = 0; action < count; action++) {
      smallestHigh = Math.min(smallestHigh, high(actions, action, loss));
    }
    int plausible = 0;
    for (int rank = 0; rank < count; rank++) {
      boolean mayBeBest = low(actions, actions.action(rank), loss) <= smallestHigh;
      actions.setProbability(rank, mayBeBest ? 1 : 0);
      plausible += mayBeBest ? 1 : 0;
    }
    for (int rank = 0; rank < count; rank++) {
      actions.setProbability(rank, actions.probability(rank) / plausible);
    }
  }

  private float low(RankedActions actions, int action, float loss) {
    float score = actions.score(0, action);
    float step = actions.sensitivityLow(action);
    if (score < minCost || !Float.isFinite(step)) {
      return minCost;
    }
    float weight = weight(score - minCost + 1, loss, step);
    return Math.min(Math.max(score - step * weight, minCost), maxCost);
  }

  private float high(RankedActions actions, int action, float loss) {
    float score = actions.score(0, action);
    float step = actions.sensitivityHigh(action);
    if (score > maxCost || !Float.isFinite(step)) {
      return maxCost;
    }
    float weight = weight(maxCost + 1 - score, loss, step);
    return Math.max(Math.min(score + step * weight, maxCost), minCost);
  }

  /** The weight of an example whose loss grows by that much while its score moves to it. */
  private static float weight(float distance, float loss, float step) {
    float most = Math.min(distance / step, Float.MAX_VALUE);
    if (most * distance * distance <= loss) {
      return most;
    }
    float low = 0;
    float high = most;
    for (int i = 0; i < BISECTIONS; i++) {
      float weight = (high + low) / 2f;
      float rest = distance - step * weight;
      float beyond = weight * (distance * distance - rest * rest) - loss;
      if (beyond > 0) {
        high = weight;
      } else {
        low = weight;
      }
      if (Math.abs(beyond) <= TOLERANCE || high - low <= TOLERANCE) {
        break;
      }
    }
    return low;
  }
}
