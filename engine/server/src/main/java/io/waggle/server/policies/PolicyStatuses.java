package io.waggle.server.policies;

import io.waggle.core.model.Learners;
import io.waggle.core.model.ServingModels.Refused;
import io.waggle.core.model.ServingModels.Version;
import io.waggle.core.surface.Surface;
import io.waggle.v1.GetPolicyValueResponse;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyStatus;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** What is configured, which model version serves, and its shadow value. Any thread. */
public final class PolicyStatuses {
  private final VersionLookup versions;
  private final EvaluationLookup evaluations;
  private final ToLongFunction<String> revisions;
  private final InstantSource clock;

  /**
   * Tells.
   *
   * @param revisions of surfaces
   */
  public PolicyStatuses(
      VersionLookup versions,
      EvaluationLookup evaluations,
      ToLongFunction<String> revisions,
      InstantSource clock) {
    this.versions = versions;
    this.evaluations = evaluations;
    this.revisions = revisions;
    this.clock = clock;
  }

  /** The policy as it stands. */
  PolicyStatus of(Surface surface, PolicyConfig policy) {
    return of(surface, policy, revisions.applyAsLong(surface.name()));
  }

  /** The policy as it stands in a revision of its surface. */
  PolicyStatus of(Surface surface, PolicyConfig policy, long revision) {
    PolicyStatus.Builder status =
        PolicyStatus.newBuilder()
            .setSurface(surface.name())
            .setPolicy(policy.getName())
            .setKind(policy.getKindCase().name().toLowerCase(Locale.ROOT))
            .setArguments(Learners.arguments(policy).orElse(""))
            .setLive(answersRequests(surface, policy.getName()))
            .setPaused(policy.getPaused())
            .setRevision(revision);
    Version version = versions.serving(surface.name(), policy.getName());
    if (version != null) {
      status
          .setModelVersion(version.version())
          .setEventsLearned(version.eventsLearned())
          .setModelAgeMillis(Math.max(0, clock.millis() - version.createdMillis()));
    }
    Refused refused = versions.refused(surface.name(), policy.getName());
    if (refused != null) {
      status.setRefusedVersion(refused.version()).setRefusedReason(refused.reason());
    }
    PolicyEvaluation evaluation = evaluations.find(surface.name(), policy.getName());
    if (evaluation != null) {
      status.setEvaluation(evaluation);
    }
    return status.build();
  }

  /** What the policy is worth, by segment too. */
  GetPolicyValueResponse value(Surface surface, PolicyConfig policy) {
    return GetPolicyValueResponse.newBuilder()
        .setStatus(of(surface, policy))
        .addAllSegments(evaluations.segments(surface.name(), policy.getName()))
        .build();
  }

  /** True: some request may be answered by it. */
  static boolean answersRequests(Surface surface, String policy) {
    return surface.livePolicy().equals(policy)
        || surface.traffic().stream().anyMatch(share -> share.getPolicy().equals(policy));
  }
}
