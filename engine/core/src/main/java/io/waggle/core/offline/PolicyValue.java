package io.waggle.core.offline;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.numbers.gamma.InverseErfc;
import org.jspecify.annotations.Nullable;

/**
 * All that is summed up of one candidate along a log: its value, that of every segment and slot,
 * its value along the log, and how its weights are spread. State is O(segments). One thread.
 */
final class PolicyValue {
  /** Weights above this count as clipped; what {@link Estimator#IPS_CLIPPED} clips at. */
  static final double CLIP = 10;

  private static final String SLOT = "slot";

  private final EvaluationSettings settings;
  private final PolicyEvaluator whole;
  private final Map<String, SegmentValues> segments = new LinkedHashMap<>();
  private final List<SegmentValues> byFeature = new ArrayList<>();
  private final RowEstimates rows;
  private final ValueWindows windows = new ValueWindows();
  private final WeightShares shares = new WeightShares();
  private long count;
  private long clipped;

  PolicyValue(EvaluationSettings settings, List<FeatureReference> features) {
    this.settings = settings;
    this.whole = evaluator(settings);
    this.rows = new RowEstimates(settings);
    for (FeatureReference feature : features) {
      byFeature.add(
          segments.computeIfAbsent(
              feature.name(), unused -> new SegmentValues(() -> evaluator(settings))));
    }
  }

  private static PolicyEvaluator evaluator(EvaluationSettings settings) {
    return new PolicyEvaluator(settings.rewardMin(), settings.rewardMax(), settings.alpha());
  }

  /**
   * A single ranking.
   *
   * @param probability the policy's, of the logged action
   * @param all {@code double[actions]}, of all; null: not known
   */
  void add(Occasion occasion, double probability, double @Nullable [] all) {
    double weight = probability / occasion.propensity();
    double reward = occasion.reward();
    double times = 1 / occasion.kept();
    whole.add(probability, occasion.propensity(), reward);
    for (int i = 0; i < byFeature.size(); i++) {
      byFeature
          .get(i)
          .of(occasion.segments().get(i))
          .add(probability, occasion.propensity(), reward);
    }
    rows.add(weight, reward, times);
    double[] expected = occasion.expectedRewards();
    if (expected != null && all != null) {
      double ofPolicy = 0;
      for (int i = 0; i < expected.length; i++) {
        ofPolicy += all[i] * expected[i];
      }
      rows.addModel(weight, reward, times, ofPolicy, expected[occasion.chosen()]);
    }
    spread(weight, weight * reward, reward, times, probability);
  }

  /**
   * A decision of several slots.
   *
   * @param probabilities {@code double[slots]}, the policy's of the logged actions
   */
  void addSlots(Occasion occasion, JoinedSlots slots, double[] probabilities) {
    double[] propensities = slots.propensities();
    double[] rewards = slots.rewards();
    double product = 1;
    double probability = 1;
    double weight = 0;
    double weighted = 0;
    for (int slot = 0; slot < rewards.length; slot++) {
      product *= probabilities[slot] / propensities[slot];
      probability *= probabilities[slot];
      weight += product / rewards.length;
      weighted += product * rewards[slot] / rewards.length;
      bySlot(slots.ids().get(slot)).add(probabilities[slot], propensities[slot], rewards[slot]);
    }
    whole.addSlots(probabilities, propensities, rewards);
    for (int i = 0; i < byFeature.size(); i++) {
      byFeature
          .get(i)
          .of(occasion.segments().get(i))
          .addSlots(probabilities, propensities, rewards);
    }
    double times = 1 / occasion.kept();
    rows.addWeighted(weight, weighted, times);
    spread(weight, weighted, occasion.reward(), times, probability);
  }

  private PolicyEvaluator bySlot(String slot) {
    return segments
        .computeIfAbsent(SLOT, unused -> new SegmentValues(() -> evaluator(settings)))
        .of(slot);
  }

  private void spread(
      double weight, double weighted, double reward, double times, double probability) {
    count++;
    clipped += weight > CLIP ? 1 : 0;
    shares.add(weight, probability);
    windows.add(weighted, reward, times, this::look);
  }

  private ValueWindows.Look look() {
    ConfidenceInterval interval = whole.evaluate().getInterval();
    return new ValueWindows.Look(interval.getLower(), interval.getUpper());
  }

  /** Estimates and intervals of all decisions now. */
  PolicyEvaluation evaluation() {
    return whole.evaluate().build();
  }

  Map<Estimator, Estimate> estimates() {
    return rows.estimates();
  }

  /** Share of the decisions whose weight is above {@link #CLIP}. */
  double clippedShare() {
    return count == 0 ? 0 : (double) clipped / count;
  }

  WeightShares shares() {
    return shares;
  }

  List<ValuePoint> points() {
    return windows.points(this::look, Math.sqrt(2) * InverseErfc.value(settings.alpha()));
  }

  /** The values by feature, then by the feature's value. */
  Map<String, Map<String, PolicyEvaluation>> segments() {
    Map<String, Map<String, PolicyEvaluation>> values = new LinkedHashMap<>();
    segments.forEach((feature, each) -> values.put(feature, each.evaluations()));
    return values;
  }
}
