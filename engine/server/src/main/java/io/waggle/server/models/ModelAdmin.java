package io.waggle.server.models;

import static java.util.Comparator.comparing;

import io.grpc.stub.StreamObserver;
import io.waggle.server.control.SurfaceChanges;
import io.waggle.server.control.SurfaceChanges.Promoted;
import io.waggle.server.control.WriterFence;
import io.waggle.server.explain.ModelDiffs;
import io.waggle.server.wire.Refusal;
import io.waggle.server.wire.RequestChecks;
import io.waggle.server.wire.UnaryCalls;
import io.waggle.v1.DiffModelsRequest;
import io.waggle.v1.DiffModelsResponse;
import io.waggle.v1.GetWriterEpochRequest;
import io.waggle.v1.GetWriterEpochResponse;
import io.waggle.v1.ListModelsRequest;
import io.waggle.v1.ListModelsResponse;
import io.waggle.v1.ModelPin;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.ModelVersion;
import io.waggle.v1.PinModelRequest;
import io.waggle.v1.PinModelResponse;
import io.waggle.v1.PromoteWriterRequest;
import io.waggle.v1.PromoteWriterResponse;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.RollbackModelRequest;
import io.waggle.v1.RollbackModelResponse;
import io.waggle.v1.ShowModelRequest;
import io.waggle.v1.ShowModelResponse;
import java.util.Comparator;
import java.util.List;

/**
 * Tells which versions the registry keeps, compares them, and asks the learning job to keep one or
 * to go back to one, and says which learning job is in charge: such a request is answered once
 * Kafka has it, and done by the job.
 */
public final class ModelAdmin extends ModelServiceGrpc.ModelServiceImplBase {
  private static final int DEFAULT_VERSIONS = 100;
  private static final int DEFAULT_CHANGES = 20;

  private static final Comparator<RegisteredModel> ORDER =
      comparing((RegisteredModel model) -> model.getLineage().getSurface())
          .thenComparing(model -> model.getLineage().getPolicy())
          .thenComparing(model -> -model.getLineage().getVersion());

  private final UnaryCalls calls;
  private final RequestChecks checks;
  private final VersionDirectory versions;
  private final ModelDiffs diffs;
  private final SurfaceChanges changes;
  private final WriterFence fence;

  public ModelAdmin(
      UnaryCalls calls,
      RequestChecks checks,
      VersionDirectory versions,
      ModelDiffs diffs,
      SurfaceChanges changes,
      WriterFence fence) {
    this.calls = calls;
    this.checks = checks;
    this.versions = versions;
    this.diffs = diffs;
    this.changes = changes;
    this.fence = fence;
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          if (!request.getSurface().isEmpty()) {
            var unused = checks.surface("surface", request.getSurface());
          }
          List<ModelVersion> listed =
              versions.list(request.getSurface(), request.getPolicy()).stream()
                  .sorted(ORDER)
                  .limit(request.getLimit() == 0 ? DEFAULT_VERSIONS : request.getLimit())
                  .map(this::version)
                  .toList();
          return ListModelsResponse.newBuilder().addAllVersions(listed).build();
        });
  }

  @Override
  public void showModel(ShowModelRequest request, StreamObserver<ShowModelResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          RegisteredModel model =
              known("version", request.getSurface(), request.getPolicy(), request.getVersion());
          return ShowModelResponse.newBuilder().setVersion(version(model)).build();
        });
  }

  @Override
  public void diffModels(DiffModelsRequest request, StreamObserver<DiffModelsResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          String surface = request.getSurface();
          String policy = request.getPolicy();
          return diffs.between(
              known("version", surface, policy, request.getVersion()).getLineage(),
              known("other_version", surface, policy, request.getOtherVersion()).getLineage(),
              request.getLimit() == 0 ? DEFAULT_CHANGES : request.getLimit());
        });
  }

  @Override
  public void pinModel(PinModelRequest request, StreamObserver<PinModelResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          RegisteredModel model =
              known("version", request.getSurface(), request.getPolicy(), request.getVersion());
          long revision =
              changes.pin(
                  ModelPin.newBuilder()
                      .setSurface(request.getSurface())
                      .setPolicy(request.getPolicy())
                      .setVersion(request.getVersion())
                      .setPinned(request.getPinned())
                      .build(),
                  request.getAuthor());
          return PinModelResponse.newBuilder()
              .setVersion(version(model.toBuilder().setPinned(request.getPinned()).build()))
              .setRevision(revision)
              .build();
        });
  }

  @Override
  public void rollbackModel(
      RollbackModelRequest request, StreamObserver<RollbackModelResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          RegisteredModel model =
              known("version", request.getSurface(), request.getPolicy(), request.getVersion());
          long revision =
              changes.rollBack(
                  ModelRollback.newBuilder()
                      .setSurface(request.getSurface())
                      .setPolicy(request.getPolicy())
                      .setVersion(request.getVersion())
                      .build(),
                  request.getAuthor());
          return RollbackModelResponse.newBuilder()
              .setVersion(version(model))
              .setRevision(revision)
              .build();
        });
  }

  @Override
  public void getWriterEpoch(
      GetWriterEpochRequest request, StreamObserver<GetWriterEpochResponse> answer) {
    calls.answer(
        answer,
        () ->
            GetWriterEpochResponse.newBuilder()
                .setEpoch(fence.epoch())
                .setStaleRecords(fence.stale())
                .setRivalRecords(fence.rivals())
                .build());
  }

  @Override
  public void promoteWriter(
      PromoteWriterRequest request, StreamObserver<PromoteWriterResponse> answer) {
    calls.answer(
        answer,
        () -> {
          checks.valid(request);
          Promoted promoted = changes.promote(request.getEpoch(), request.getAuthor(), fence);
          return PromoteWriterResponse.newBuilder()
              .setPreviousEpoch(promoted.previousEpoch())
              .setEpoch(request.getEpoch())
              .setRevision(promoted.revision())
              .build();
        });
  }

  private RegisteredModel known(String field, String surface, String policy, long version) {
    var unused = checks.surface("surface", surface);
    RegisteredModel model = versions.find(surface, policy, version);
    if (model == null) {
      throw Refusal.notFound(
          "%s: %s/%s@%d is not in the registry".formatted(field, surface, policy, version));
    }
    return model;
  }

  private ModelVersion version(RegisteredModel model) {
    long serving =
        versions.serving(model.getLineage().getSurface(), model.getLineage().getPolicy());
    return ModelVersion.newBuilder()
        .setModel(model)
        .setServing(serving == model.getLineage().getVersion())
        .build();
  }
}
