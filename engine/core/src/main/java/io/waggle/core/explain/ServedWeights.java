package io.waggle.core.explain;

import io.waggle.core.codec.LearnerCounters;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.WeightSets;
import java.util.List;

/**
 * A model's weights as they are served: the mean over the weight sets that exploration ranks by,
 * less what {@code --l1} takes off each weight, times what {@code --l2} has left. One thread.
 */
final class ServedWeights {
  private final FlatWeights weights;
  private final int mask;
  private final List<Integer> sets;
  private final float gravity;
  private final float contraction;

  ServedWeights(LearnerOptions options, VowpalWabbitModel model) {
    LearnerCounters learner = model.learner();
    this.weights = new FlatWeights(model);
    this.mask = (1 << model.header().bits()) - 1;
    this.sets = WeightSets.of(options).policies();
    boolean truncated = Float.parseFloat(options.first("--l1", "0")) > 0;
    this.gravity = learner == null || !truncated ? 0 : (float) learner.l1State();
    this.contraction = learner == null ? 1 : (float) learner.l2State();
  }

  /**
   * The weight of a feature.
   *
   * @param index in the first set, not masked
   */
  double at(int index) {
    double sum = 0;
    for (int set : sets) {
      sum += truncated(weights.at((index ^ set) & mask));
    }
    return sum / sets.size() * contraction;
  }

  private float truncated(float weight) {
    if (gravity == 0) {
      return weight;
    }
    return gravity < Math.abs(weight) ? weight - Math.signum(weight) * gravity : 0;
  }
}
