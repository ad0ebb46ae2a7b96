package io.waggle.core.offline;

import io.waggle.v1.PolicyEvaluation;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate was worth on a log.
 *
 * @param candidate the candidate
 * @param evaluation of all decisions: counts, weights, IPS, SNIPS, intervals valid at every look
 * @param estimates by estimator, with fixed-time intervals; empty where it never overlaps the log
 * @param clippedShare share of the decisions whose weight is above 10
 * @param zeroWeights decisions of weight 0
 * @param weights how the weights above 0 are spread
 * @param probabilities how its probabilities of the logged actions above 0 are spread
 * @param points its value along the log
 * @param segments its value by feature, then by the feature's value
 * @param learned decisions it learned
 * @param refused decisions it refused, which are not evaluated
 * @param refusal why it refused the last of them; empty: none
 * @param end why it did not see the whole log; empty: it did
 * @param alarm what its weights say against the logged propensities; null: nothing
 */
public record CandidateResult(
    Candidate candidate,
    PolicyEvaluation evaluation,
    Map<Estimator, Estimate> estimates,
    double clippedShare,
    long zeroWeights,
    List<WeightBin> weights,
    List<WeightBin> probabilities,
    List<ValuePoint> points,
    Map<String, Map<String, PolicyEvaluation>> segments,
    long learned,
    long refused,
    String refusal,
    String end,
    @Nullable String alarm) {
  public CandidateResult {
    Map<Estimator, Estimate> copy = new EnumMap<>(Estimator.class);
    copy.putAll(estimates);
    estimates = Collections.unmodifiableMap(copy);
    weights = List.copyOf(weights);
    probabilities = List.copyOf(probabilities);
    points = List.copyOf(points);
    segments = Collections.unmodifiableMap(new LinkedHashMap<>(segments));
  }

  /** True: nothing can be said of it, as it never would have done what was logged. */
  public boolean noOverlap() {
    return evaluation.getCount() == 0 || evaluation.getNoOverlap();
  }

  /** The value by an estimator; null where there is none. */
  public @Nullable Estimate estimate(Estimator estimator) {
    return estimates.get(estimator);
  }
}
