package io.waggle.app.admin;

import io.waggle.app.report.Table;
import io.waggle.v1.ExplainPolicyResponse;
import io.waggle.v1.FeatureWeight;
import io.waggle.v1.ListPoliciesResponse;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyStatus;
import java.util.Locale;
import java.util.stream.Collectors;

/** Answers about policies as text. Pure. */
final class PolicyText {
  private PolicyText() {}

  static String list(ListPoliciesResponse response) {
    Table table =
        new Table(
            "surface/policy",
            "kind",
            "state",
            "learned",
            "model age",
            "decisions",
            "IPS",
            "SNIPS",
            "ESS",
            "value (any time)",
            "lift (any time)");
    for (PolicyStatus policy : response.getPoliciesList()) {
      PolicyEvaluation value = policy.getEvaluation();
      table.row(
          name(policy) + (policy.getLive() ? " *" : ""),
          policy.getKind(),
          state(policy),
          Long.toString(policy.getEventsLearned()),
          policy.getModelVersion() == 0 ? "-" : policy.getModelAgeMillis() + " ms",
          Long.toString(value.getCount()),
          value.getNoOverlap() ? "no overlap" : number("%.4f", value.getIps()),
          value.getNoOverlap() ? "no overlap" : number("%.4f", value.getSnips()),
          number("%.0f", value.getEffectiveSampleSize()),
          interval(value.getInterval().getLower(), value.getInterval().getUpper()),
          interval(value.getLift().getLower(), value.getLift().getUpper()));
    }
    return String.join("\n", table.lines())
        + response.getPoliciesList().stream().map(PolicyText::notes).collect(Collectors.joining());
  }

  static String explanation(ExplainPolicyResponse response) {
    PolicyStatus policy = response.getStatus();
    StringBuilder text = new StringBuilder(name(policy));
    if (!policy.getArguments().isEmpty()) {
      text.append(": ").append(policy.getArguments());
    }
    response.getFactsList().forEach(fact -> text.append("\n- ").append(fact));
    text.append(notes(policy));
    if (policy.getModelVersion() > 0) {
      text.append(
          "\n\nModel %d of %d decisions, %d weights that are not 0."
              .formatted(
                  policy.getModelVersion(),
                  policy.getEventsLearned(),
                  response.getNonzeroWeights()));
    }
    if (response.getWeightsCount() > 0) {
      text.append(" Heaviest among features ranked lately (cost: negative is good):\n");
      Table table = new Table("feature", "weight");
      for (FeatureWeight weight : response.getWeightsList()) {
        table.row(weight.getFeature(), number("%+.6f", weight.getWeight()));
      }
      text.append(String.join("\n", table.lines()));
    }
    return text.toString();
  }

  private static String name(PolicyStatus policy) {
    return policy.getSurface() + "/" + policy.getPolicy();
  }

  /** One word; the control record is known before the learning job has followed it. */
  private static String state(PolicyStatus policy) {
    if (policy.getPaused()) {
      return "paused";
    }
    return switch (policy.getEvaluation().getCondition()) {
      case POLICY_CONDITION_PAUSED -> "paused";
      case POLICY_CONDITION_WARMING -> "warming";
      case POLICY_CONDITION_STOPPED -> "stopped";
      case POLICY_CONDITION_UNSPECIFIED, UNRECOGNIZED -> policy.getLive() ? "live" : "candidate";
    };
  }

  private static String notes(PolicyStatus policy) {
    StringBuilder notes = new StringBuilder();
    String detail = policy.getEvaluation().getConditionDetail();
    if (!detail.isEmpty()) {
      notes.append("\n%s: %s: %s".formatted(name(policy), state(policy), detail));
    }
    if (!policy.getEvaluation().getAlarm().isEmpty()) {
      notes.append("\n%s: ALARM: %s".formatted(name(policy), policy.getEvaluation().getAlarm()));
    }
    if (policy.getRefusedVersion() > 0) {
      notes.append(
          "\n%s: version %d is not served: %s"
              .formatted(name(policy), policy.getRefusedVersion(), policy.getRefusedReason()));
    }
    return notes.toString();
  }

  private static String interval(double lower, double upper) {
    return number("%.4f", lower) + " .. " + number("%.4f", upper);
  }

  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
