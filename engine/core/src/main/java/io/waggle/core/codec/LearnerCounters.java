package io.waggle.core.codec;

/**
 * What the base learner (gradient descent) keeps beside its weights; in the order of the bytes. Of
 * these {@code t}, {@code normalizedSumNormX}, {@code totalWeight} and the l1 and l2 states act on
 * learning; the rest reports.
 *
 * @param initialT what {@code t} began with
 * @param normalizedSumNormX sum over events of the squared norm of the normalised features
 * @param t events, weighted; grows by 1 an event
 * @param sumLoss sum of the losses
 * @param sumLossSinceDump the same since VW last printed progress
 * @param dumpInterval when VW prints progress next
 * @param minLabel smallest label
 * @param maxLabel largest label
 * @param weightedLabeled weight of the events with a label
 * @param weightedLabels sum of their labels, weighted
 * @param weightedUnlabeled weight of the events without one
 * @param exampleNumber events
 * @param totalFeatures features in them
 * @param totalWeight weight in the normaliser
 * @param weightedLabeledAtDump {@code weightedLabeled} when VW last printed progress
 * @param currentPass pass over the data
 * @param l1State gravity that {@code --l1} has left; 0: none
 * @param l2State contraction that {@code --l2} has left; 1: none
 */
public record LearnerCounters(
    float initialT,
    double normalizedSumNormX,
    double t,
    double sumLoss,
    double sumLossSinceDump,
    float dumpInterval,
    float minLabel,
    float maxLabel,
    double weightedLabeled,
    double weightedLabels,
    double weightedUnlabeled,
    long exampleNumber,
    long totalFeatures,
    double totalWeight,
    double weightedLabeledAtDump,
    long currentPass,
    double l1State,
    double l2State) {
  /** Size in the bytes. */
  static final int BYTES = 128;

  static LearnerCounters read(ModelReader in) {
    return new LearnerCounters(
        in.finiteFloat("initial_t"),
        in.finiteDouble("normalized_sum_norm_x"),
        in.finiteDouble("t"),
        in.finiteDouble("sum_loss"),
        in.finiteDouble("sum_loss_since_last_dump"),
        in.finiteFloat("dump_interval"),
        in.finiteFloat("min_label"),
        in.finiteFloat("max_label"),
        in.finiteDouble("weighted_labeled_examples"),
        in.finiteDouble("weighted_labels"),
        in.finiteDouble("weighted_unlabeled_examples"),
        in.count("example_number"),
        in.count("total_features"),
        in.finiteDouble("total_weight"),
        in.finiteDouble("weighted_labeled_at_dump"),
        in.count("current_pass"),
        in.finiteDouble("l1_state"),
        in.finiteDouble("l2_state"));
  }

  void write(ModelWriter out) {
    out.put(initialT);
    out.put(normalizedSumNormX);
    out.put(t);
    out.put(sumLoss);
    out.put(sumLossSinceDump);
    out.put(dumpInterval);
    out.put(minLabel);
    out.put(maxLabel);
    out.put(weightedLabeled);
    out.put(weightedLabels);
    out.put(weightedUnlabeled);
    out.put(exampleNumber);
    out.put(totalFeatures);
    out.put(totalWeight);
    out.put(weightedLabeledAtDump);
    out.put(currentPass);
    out.put(l1State);
    out.put(l2State);
  }
}
