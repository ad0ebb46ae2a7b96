package io.waggle.server.policies;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.waggle.core.model.Learners;
import io.waggle.core.model.ServingModels.Version;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.wire.RequestChecks;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.ListPoliciesResponse;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/** ListPolicies: what is configured, which model version serves, and its shadow value. */
public final class PolicyListing extends PolicyServiceGrpc.PolicyServiceImplBase {
  private final RequestChecks checks;
  private final Surfaces surfaces;
  private final VersionLookup versions;
  private final EvaluationLookup evaluations;
  private final InstantSource clock;

  public PolicyListing(
      RequestChecks checks,
      Surfaces surfaces,
      VersionLookup versions,
      EvaluationLookup evaluations,
      InstantSource clock) {
    this.checks = checks;
    this.surfaces = surfaces;
    this.versions = versions;
    this.evaluations = evaluations;
    this.clock = clock;
  }

  @Override
  public void listPolicies(
      ListPoliciesRequest request, StreamObserver<ListPoliciesResponse> answer) {
    try {
      checks.valid(request);
      ListPoliciesResponse.Builder response = ListPoliciesResponse.newBuilder();
      for (Surface surface : wanted(request.getSurface())) {
        for (PolicyConfig policy : surface.policies()) {
          response.addPolicies(status(surface, policy));
        }
      }
      answer.onNext(response.build());
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    }
  }

  private List<Surface> wanted(String surface) {
    return surface.isEmpty() ? surfaces.all() : List.of(checks.surface("surface", surface));
  }

  private PolicyStatus status(Surface surface, PolicyConfig policy) {
    PolicyStatus.Builder status =
        PolicyStatus.newBuilder()
            .setSurface(surface.name())
            .setPolicy(policy.getName())
            .setKind(policy.getKindCase().name().toLowerCase(Locale.ROOT))
            .setArguments(Learners.arguments(policy).orElse(""))
            .setLive(answersRequests(surface, policy.getName()));
    Version version = versions.find(surface.name(), policy.getName());
    if (version != null) {
      status
          .setModelVersion(version.version())
          .setEventsLearned(version.eventsLearned())
          .setModelAgeMillis(Math.max(0, clock.millis() - version.createdMillis()));
    }
    PolicyEvaluation evaluation = evaluations.find(surface.name(), policy.getName());
    if (evaluation != null) {
      status.setEvaluation(evaluation);
    }
    return status.build();
  }

  private static boolean answersRequests(Surface surface, String policy) {
    return surface.livePolicy().equals(policy)
        || surface.traffic().stream().anyMatch(share -> share.getPolicy().equals(policy));
  }
}
