package io.waggle.server;

import com.linecorp.armeria.common.CommonPools;
import io.grpc.BindableService;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.model.CommandLineTrial;
import io.waggle.core.model.ServingModels;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.SurfaceChanges;
import io.waggle.server.control.WriterFence;
import io.waggle.server.explain.DecisionTopic;
import io.waggle.server.explain.ExplanationAdmin;
import io.waggle.server.explain.Explanations;
import io.waggle.server.explain.ModelDiffs;
import io.waggle.server.explain.ModelTopic;
import io.waggle.server.explain.ModelVersions;
import io.waggle.server.explain.PolicyExplanations;
import io.waggle.server.explain.RecentDecisions;
import io.waggle.server.explain.RecentExamples;
import io.waggle.server.explain.RecentModels;
import io.waggle.server.models.ModelAdmin;
import io.waggle.server.models.VersionDirectory;
import io.waggle.server.policies.EvaluationLookup;
import io.waggle.server.policies.PolicyAdmin;
import io.waggle.server.policies.PolicyStatuses;
import io.waggle.server.policies.VersionLookup;
import io.waggle.server.view.LocalViews;
import io.waggle.server.wire.RequestChecks;
import io.waggle.server.wire.UnaryCalls;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wires the services that look at policies and models and change them. */
final class AdminServices {
  private AdminServices() {}

  static List<BindableService> of(
      RequestChecks checks,
      FollowedSurfaces surfaces,
      SurfaceChanges changes,
      LocalViews views,
      ServingModels models,
      RecentExamples examples,
      WriterFence fence,
      @Nullable Path registry,
      InstantSource clock) {
    UnaryCalls calls = new UnaryCalls(CommonPools.blockingTaskExecutor());
    return List.of(
        new PolicyAdmin(
            calls,
            checks,
            surfaces,
            new PolicyStatuses(versions(models), evaluations(views), surfaces::revision, clock),
            new PolicyExplanations(models::model, examples),
            changes,
            CommandLineTrial::problem),
        new ModelAdmin(
            calls,
            checks,
            directory(views, models),
            new ModelDiffs(registry == null ? null : ModelRegistry.in(registry), examples),
            changes,
            fence));
  }

  /** Explanations by the versions at hand. */
  static Explanations explanations(
      FollowedSurfaces surfaces,
      ServingModels models,
      RecentModels recent,
      @Nullable Path registry,
      KafkaConnection kafka) {
    return new Explanations(
        surfaces,
        new ModelVersions(
            models::model,
            recent,
            registry == null ? null : ModelRegistry.in(registry),
            new ModelTopic(kafka)));
  }

  /** The service that explains decisions of before. */
  static BindableService explainer(
      RequestChecks checks,
      Explanations explanations,
      RecentDecisions recent,
      KafkaConnection kafka,
      InstantSource clock) {
    return new ExplanationAdmin(
        new UnaryCalls(CommonPools.blockingTaskExecutor()),
        checks,
        explanations,
        recent,
        new DecisionTopic(kafka),
        clock);
  }

  private static EvaluationLookup evaluations(LocalViews views) {
    return new EvaluationLookup() {
      @Override
      public @Nullable PolicyEvaluation find(String surface, String policy) {
        return views.evaluation(surface, policy);
      }

      @Override
      public List<PolicyEvaluation> segments(String surface, String policy) {
        return views.evaluationsBySegment(surface, policy);
      }
    };
  }

  private static VersionLookup versions(ServingModels models) {
    return new VersionLookup() {
      @Override
      public ServingModels.@Nullable Version serving(String surface, String policy) {
        return models.version(surface, policy);
      }

      @Override
      public ServingModels.@Nullable Refused refused(String surface, String policy) {
        return models.refused(surface, policy);
      }
    };
  }

  private static VersionDirectory directory(LocalViews views, ServingModels models) {
    return new VersionDirectory() {
      @Override
      public @Nullable RegisteredModel find(String surface, String policy, long version) {
        return views.registered(surface, policy, version);
      }

      @Override
      public List<RegisteredModel> list(String surface, String policy) {
        return views.registered(surface, policy);
      }

      @Override
      public long serving(String surface, String policy) {
        ServingModels.Version version = models.version(surface, policy);
        return version == null ? 0 : version.version();
      }
    };
  }
}
