package io.waggle.server.policies;

import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the newest evaluations of a policy. Any thread. */
public interface EvaluationLookup {
  /** That over all decisions, or null when none is known. */
  @Nullable PolicyEvaluation find(String surface, String policy);

  /** Those by segment, in the order of their names. */
  List<PolicyEvaluation> segments(String surface, String policy);
}
