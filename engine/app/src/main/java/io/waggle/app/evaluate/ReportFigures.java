package io.waggle.app.evaluate;

import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.offline.Ablation;
import io.waggle.core.offline.CandidateResult;
import io.waggle.core.offline.Estimate;
import io.waggle.core.offline.WeightBin;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.PolicyEvaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A report as figures for a JSON file: the same for the same log and plan, whatever the number of
 * threads; so no times. Pure.
 */
final class ReportFigures {
  private ReportFigures() {}

  static Map<String, Object> of(EvaluationReport report) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("logs", report.plan().names());
    figures.put("records", report.counts().records());
    figures.put("decisions", report.counts().decisions());
    figures.put("passedOver", new TreeMap<>(report.counts().passedOver()));
    figures.put("bad", new TreeMap<>(report.counts().bad()));
    figures.put("rankedBy", report.estimator().label());
    figures.put("candidatesLookedAt", report.looked());
    figures.put("alpha", report.plan().settings().alpha());
    figures.put("alphaEach", report.alpha());
    figures.put("anytimeMethod", PolicyEvaluator.METHOD);
    List<Object> candidates = new ArrayList<>();
    report.ranked().forEach(each -> candidates.add(candidate(each)));
    figures.put("candidates", candidates);
    if (report.plan().ablation() != null) {
      figures.put("ablation", ablation(report));
    }
    return figures;
  }

  private static Map<String, Object> candidate(CandidateResult result) {
    PolicyEvaluation evaluation = result.evaluation();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("name", result.candidate().name());
    figures.put("description", result.candidate().description());
    figures.put("noOverlap", result.noOverlap());
    figures.put("end", result.end());
    figures.put("learned", result.learned());
    figures.put("refused", result.refused());
    figures.put("lastRefusal", result.refusal());
    figures.put("alarm", String.valueOf(result.alarm() == null ? "" : result.alarm()));
    figures.putAll(sums(evaluation));
    figures.put("weightAbove10Share", result.clippedShare());
    Map<String, Object> estimates = new LinkedHashMap<>();
    result.estimates().forEach((each, value) -> estimates.put(each.label(), estimate(value)));
    figures.put("estimates", estimates);
    Map<String, Object> weights = new LinkedHashMap<>();
    weights.put("zero", result.zeroWeights());
    weights.put("bins", bins(result.weights()));
    figures.put("weights", weights);
    figures.put("loggedActionProbabilities", bins(result.probabilities()));
    figures.put("alongTheLog", result.points());
    Map<String, Object> segments = new LinkedHashMap<>();
    result.segments().forEach((feature, values) -> segments.put(feature, segment(values)));
    figures.put("segments", segments);
    return figures;
  }

  /** The last bin of the weights has no end. */
  private static List<Object> bins(List<WeightBin> bins) {
    List<Object> figures = new ArrayList<>();
    for (WeightBin bin : bins) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("from", bin.from());
      if (Double.isFinite(bin.to())) {
        each.put("to", bin.to());
      }
      each.put("count", bin.count());
      figures.add(each);
    }
    return figures;
  }

  private static Map<String, Object> segment(Map<String, PolicyEvaluation> values) {
    Map<String, Object> figures = new LinkedHashMap<>();
    values.forEach((value, evaluation) -> figures.put(value, sums(evaluation)));
    return figures;
  }

  private static Map<String, Object> sums(PolicyEvaluation evaluation) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("count", evaluation.getCount());
    figures.put("rewardSum", evaluation.getRewardSum());
    figures.put("ips", evaluation.getIps());
    figures.put("snips", evaluation.getSnips());
    figures.put("effectiveSampleSize", evaluation.getEffectiveSampleSize());
    figures.put("weightSum", evaluation.getWeightSum());
    figures.put("weightMax", evaluation.getWeightMax());
    figures.put("anytime", ends(evaluation.getInterval()));
    figures.put("anytimeLift", ends(evaluation.getLift()));
    return figures;
  }

  private static Map<String, Object> estimate(Estimate estimate) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("value", estimate.value());
    if (estimate.hasInterval()) {
      figures.put("fixedTime", List.of(estimate.lower(), estimate.upper()));
    }
    return figures;
  }

  private static List<Double> ends(ConfidenceInterval interval) {
    return List.of(interval.getLower(), interval.getUpper());
  }

  private static Map<String, Object> ablation(EvaluationReport report) {
    Map<String, Object> figures = new LinkedHashMap<>();
    List<Object> losses = new ArrayList<>();
    for (Ablation.Loss loss : report.losses()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("without", loss.mask().name());
      each.put("decisions", loss.count());
      each.put("lost", loss.lost().value());
      each.put("anytime", List.of(loss.lost().lower(), loss.lost().upper()));
      each.put("anytimeMethod", loss.method());
      each.put("fixedTime", List.of(loss.fixedTime().lower(), loss.fixedTime().upper()));
      losses.add(each);
    }
    figures.put("losses", losses);
    figures.put(
        "notTried", report.choice().notTried().stream().map(entry -> entry.mask().name()).toList());
    return figures;
  }
}
