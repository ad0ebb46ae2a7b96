package io.waggle.server.policies;

import io.grpc.stub.StreamObserver;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.SurfaceChanges;
import io.waggle.server.control.SurfaceChanges.Changed;
import io.waggle.server.explain.PolicyExplanations;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.server.wire.UnaryCalls;
import io.waggle.v1.AddPolicyRequest;
import io.waggle.v1.AddPolicyResponse;
import io.waggle.v1.ChangePolicyRequest;
import io.waggle.v1.ChangePolicyResponse;
import io.waggle.v1.ExplainPolicyRequest;
import io.waggle.v1.ExplainPolicyResponse;
import io.waggle.v1.GetPolicyValueRequest;
import io.waggle.v1.GetPolicyValueResponse;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.ListPoliciesResponse;
import io.waggle.v1.PausePolicyRequest;
import io.waggle.v1.PausePolicyResponse;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RemovePolicyRequest;
import io.waggle.v1.RemovePolicyResponse;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists, explains and changes policies. A change is checked by every rule of a surface and by the
 * learner itself, written to topic control, and answered once Kafka has it; from then on this
 * service follows it.
 */
public final class PolicyAdmin extends PolicyServiceGrpc.PolicyServiceImplBase {
  private static final int DEFAULT_LIMIT = 20;

  private final UnaryCalls calls;
  private final RequestChecks checks;
  private final Supplier<Surfaces> surfaces;
  private final PolicyStatuses statuses;
  private final PolicyExplanations explanations;
  private final SurfaceChanges changes;
  private final Function<String, @Nullable String> commandLineProblem;

  /**
   * Serves.
   *
   * @param commandLineProblem the learner's own message about a command line; null: it takes it
   */
  public PolicyAdmin(
      UnaryCalls calls,
      RequestChecks checks,
      Supplier<Surfaces> surfaces,
      PolicyStatuses statuses,
      PolicyExplanations explanations,
      SurfaceChanges changes,
      Function<String, @Nullable String> commandLineProblem) {
    this.calls = calls;
    this.checks = checks;
    this.surfaces = surfaces;
    this.statuses = statuses;
    this.explanations = explanations;
    this.changes = changes;
    this.commandLineProblem = commandLineProblem;
  }

  @Override
  public void listPolicies(
      ListPoliciesRequest request, StreamObserver<ListPoliciesResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          ListPoliciesResponse.Builder response = ListPoliciesResponse.newBuilder();
          for (Surface surface : wanted(request.getSurface())) {
            for (PolicyConfig policy : surface.policies()) {
              response.addPolicies(statuses.of(surface, policy));
            }
          }
          return response.build();
        });
  }

  private List<Surface> wanted(String surface) {
    return surface.isEmpty() ? surfaces.get().all() : List.of(checks.surface("surface", surface));
  }

  @Override
  public void addPolicy(AddPolicyRequest request, StreamObserver<AddPolicyResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          checkCommandLine(request.getPolicy());
          Changed changed =
              changes.change(
                  request.getSurface(),
                  request.getAuthor(),
                  surface -> PolicyEdits.add(surface, request.getPolicy()));
          return AddPolicyResponse.newBuilder()
              .setStatus(after(changed, request.getPolicy().getName()))
              .setRevision(changed.revision())
              .build();
        });
  }

  @Override
  public void changePolicy(
      ChangePolicyRequest request, StreamObserver<ChangePolicyResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          checkCommandLine(request.getPolicy());
          Changed changed =
              changes.change(
                  request.getSurface(),
                  request.getAuthor(),
                  surface -> PolicyEdits.change(surface, request.getPolicy()));
          return ChangePolicyResponse.newBuilder()
              .setStatus(after(changed, request.getPolicy().getName()))
              .setRevision(changed.revision())
              .build();
        });
  }

  @Override
  public void pausePolicy(PausePolicyRequest request, StreamObserver<PausePolicyResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Changed changed =
              changes.change(
                  request.getSurface(),
                  request.getAuthor(),
                  surface -> PolicyEdits.pause(surface, request.getPolicy(), request.getPaused()));
          return PausePolicyResponse.newBuilder()
              .setStatus(after(changed, request.getPolicy()))
              .setRevision(changed.revision())
              .build();
        });
  }

  @Override
  public void removePolicy(
      RemovePolicyRequest request, StreamObserver<RemovePolicyResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Changed changed =
              changes.change(
                  request.getSurface(),
                  request.getAuthor(),
                  surface -> PolicyEdits.remove(surface, request.getPolicy()));
          Surface before = changed.before();
          return RemovePolicyResponse.newBuilder()
              .setStatus(
                  statuses.of(before, policy(before, request.getPolicy()), changed.basedOn()))
              .setRevision(changed.revision())
              .build();
        });
  }

  @Override
  public void explainPolicy(
      ExplainPolicyRequest request, StreamObserver<ExplainPolicyResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Surface surface = checks.surface("surface", request.getSurface());
          PolicyConfig policy = policy(surface, request.getPolicy());
          int limit = request.getLimit() == 0 ? DEFAULT_LIMIT : request.getLimit();
          return explanations.of(surface, policy, statuses.of(surface, policy), limit);
        });
  }

  @Override
  public void getPolicyValue(
      GetPolicyValueRequest request, StreamObserver<GetPolicyValueResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Surface surface = checks.surface("surface", request.getSurface());
          return statuses.value(surface, policy(surface, request.getPolicy()));
        });
  }

  private PolicyStatus after(Changed changed, String policy) {
    return statuses.of(changed.after(), policy(changed.after(), policy), changed.revision());
  }

  private static PolicyConfig policy(Surface surface, String name) {
    for (PolicyConfig policy : surface.policies()) {
      if (policy.getName().equals(name)) {
        return policy;
      }
    }
    throw Refusal.notFound(
        "policy: surface \"%s\" has no policy \"%s\"".formatted(surface.name(), name));
  }

  private void checkCommandLine(PolicyConfig policy) {
    if (policy.hasVowpalWabbit()) {
      String problem = commandLineProblem.apply(policy.getVowpalWabbit().getArguments());
      if (problem != null) {
        throw Refusal.invalid("policy.vowpal_wabbit.arguments", problem);
      }
    }
  }
}
