package io.waggle.server.policies;

import io.waggle.v1.PolicyEvaluation;
import org.jspecify.annotations.Nullable;

/** Finds the newest evaluation of a policy over all decisions. Any thread. */
@FunctionalInterface
public interface EvaluationLookup {
  /** The evaluation or null when none is known. */
  @Nullable PolicyEvaluation find(String surface, String policy);
}
