package io.waggle.core.offline;

import io.waggle.core.evaluate.Evidence;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.EnumMap;
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
  private static final String SLOT = "slot";

  private final OfflineSettings settings;
  private final PolicyEvaluator whole;
  private final Map<String, SegmentValues> segments = new LinkedHashMap<>();
  private final List<SegmentValues> byFeature = new ArrayList<>();
  private final FurtherEstimates further;
  private final ValueWindows windows = new ValueWindows();
  private final WeightShares shares = new WeightShares();
  private long count;
  private long clipped;
  private boolean modelled;

  PolicyValue(OfflineSettings settings, List<FeatureReference> features) {
    this.settings = settings;
    this.whole = evaluator(settings);
    this.further = new FurtherEstimates(settings.alpha());
    for (FeatureReference feature : features) {
      byFeature.add(
          segments.computeIfAbsent(
              feature.name(), unused -> new SegmentValues(() -> evaluator(settings))));
    }
  }

  private static PolicyEvaluator evaluator(OfflineSettings settings) {
    return new PolicyEvaluator(settings.ofEvaluator());
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
    further.add(weight, reward, times);
    double direct = 0;
    double ofLogged = 0;
    if (all != null && !occasion.expected().isEmpty()) {
      double[] expected = occasion.expected().get(0);
      modelled = true;
      direct = Evidence.directReward(all, expected);
      ofLogged = expected[occasion.chosen()];
      further.addModel(weight, reward, times, direct, ofLogged);
    }
    add(
        occasion,
        List.of(
            new Evidence(
                probability,
                occasion.propensity(),
                reward,
                direct,
                ofLogged,
                occasion.kept(),
                occasion.smallestPropensity(),
                occasion.example().timeMillis())));
    spread(weight, weight * reward, reward, times, probability);
  }

  /**
   * A decision of several slots.
   *
   * @param probabilities {@code double[slots]}, the policy's of the logged actions
   * @param all {@code double[slots][actions]}, of all; empty: not known
   */
  void addSlots(Occasion occasion, JoinedSlots slots, double[] probabilities, List<double[]> all) {
    List<Evidence> evidence = new ArrayList<>(slots.size());
    double[] propensities = slots.propensities();
    double[] rewards = slots.rewards();
    double product = 1;
    double probability = 1;
    double weight = 0;
    double weighted = 0;
    for (int slot = 0; slot < rewards.length; slot++) {
      double direct = 0;
      double ofLogged = 0;
      if (!all.isEmpty() && !occasion.expected().isEmpty()) {
        double[] expected = occasion.expected().get(slot);
        modelled = true;
        direct = Evidence.directReward(all.get(slot), expected);
        ofLogged = expected[slots.outcomes().get(slot).action()];
      }
      Evidence one =
          new Evidence(
              probabilities[slot],
              propensities[slot],
              rewards[slot],
              direct,
              ofLogged,
              occasion.kept(),
              0,
              occasion.example().timeMillis());
      evidence.add(one);
      bySlot(slots.ids().get(slot)).add(one);
      product *= probabilities[slot] / propensities[slot];
      probability *= probabilities[slot];
      weight += product / rewards.length;
      weighted += product * rewards[slot] / rewards.length;
    }
    add(occasion, evidence);
    spread(weight, weighted, occasion.reward(), 1 / occasion.kept(), probability);
  }

  private void add(Occasion occasion, List<Evidence> evidence) {
    whole.addSlots(evidence);
    for (int i = 0; i < byFeature.size(); i++) {
      byFeature.get(i).of(occasion.segments().get(i)).addSlots(evidence);
    }
  }

  private PolicyEvaluator bySlot(String slot) {
    return segments
        .computeIfAbsent(SLOT, unused -> new SegmentValues(() -> evaluator(settings)))
        .of(slot);
  }

  private void spread(
      double weight, double weighted, double reward, double times, double probability) {
    count++;
    clipped += weight > FurtherEstimates.CLIP ? 1 : 0;
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

  /** What the decisions say against the logged propensities; null: nothing. */
  @Nullable String alarm() {
    return whole.alarm(false);
  }

  /** The estimates there are; none where the policy never had any weight. */
  Map<Estimator, Estimate> estimates() {
    Map<Estimator, Estimate> estimates = new EnumMap<>(Estimator.class);
    PolicyEvaluation evaluation = evaluation();
    if (evaluation.getEstimatesCount() == 0) {
      return estimates;
    }
    estimates.putAll(further.estimates());
    for (io.waggle.v1.Estimate each : evaluation.getEstimatesList()) {
      Estimator estimator = Estimator.of(each.getEstimator());
      if (estimator != null && (modelled || !estimator.needsModel())) {
        estimates.put(
            estimator,
            each.hasFixedTime()
                ? new Estimate(
                    each.getValue(), each.getFixedTime().getLower(), each.getFixedTime().getUpper())
                : Estimate.alone(each.getValue()));
      }
    }
    return estimates;
  }

  /** Share of the decisions whose weight is above 10. */
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
