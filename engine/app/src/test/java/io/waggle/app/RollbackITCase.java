package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.ListModelsRequest;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import io.waggle.v1.ModelVersion;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RollbackModelRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rollback, from the call to the service ranking with the old version. */
@Timeout(300)
class RollbackITCase {
  private static final String SURFACE = "front-page";

  @TempDir Path directory;

  @Test
  void theServiceRanksWithTheOldVersionAndLearningGoesOnFromIt() throws Exception {
    try (EmbeddedWaggle waggle =
            EmbeddedWaggle.start(
                EmbeddedWaggle.Settings.in(directory),
                new Surfaces(
                    List.of(Surface.of(SurfaceFiles.parse(LoopClient.surface(SURFACE, 600))))),
                step -> {});
        LoopClient client = LoopClient.of(waggle)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", waggle.port()).usePlaintext().build();
      ModelServiceBlockingStub models = ModelServiceGrpc.newBlockingStub(channel);
      client.teach(SURFACE, "sport", 30);
      await("a version in the registry", () -> !kept(models).isEmpty());
      ModelLineage old = kept(models).get(0).getModel().getLineage();
      client.teach(SURFACE, "news", 60);
      await("more is learned", () -> status(client).getEventsLearned() > old.getEventsLearned());
      await("all of it serves", () -> status(client).getEventsLearned() >= 90);
      PolicyStatus before = status(client);

      long startNanos = System.nanoTime();
      var unused =
          models.rollbackModel(
              RollbackModelRequest.newBuilder()
                  .setSurface(SURFACE)
                  .setPolicy(LoopClient.LEARNER)
                  .setVersion(old.getVersion())
                  .setAuthor("ann")
                  .build());
      await(
          "the old version serves again",
          () -> status(client).getEventsLearned() == old.getEventsLearned());
      System.out.printf(
          "rollback called -> service ranks with the version: %d ms%n",
          Duration.ofNanos(System.nanoTime() - startNanos).toMillis());

      assertThat(status(client).getModelVersion()).isGreaterThan(before.getModelVersion());
      await(
          "it is kept, with who said so",
          () ->
              kept(models).stream()
                  .map(version -> version.getModel().getLineage())
                  .anyMatch(
                      lineage ->
                          lineage.getCause() == ModelCause.MODEL_CAUSE_ROLLED_BACK
                              && lineage.getCauseDetail().contains("ann")
                              && lineage.getParentVersion() == old.getVersion()));
      client.teach(SURFACE, "sport", 5);
      await("learning goes on", () -> status(client).getEventsLearned() > old.getEventsLearned());
      assertThat(status(client).getEventsLearned()).isLessThan(before.getEventsLearned());
      channel.shutdownNow();
    }
  }

  private static List<ModelVersion> kept(ModelServiceBlockingStub models) {
    return models
        .listModels(
            ListModelsRequest.newBuilder()
                .setSurface(SURFACE)
                .setPolicy(LoopClient.LEARNER)
                .build())
        .getVersionsList();
  }

  private static PolicyStatus status(LoopClient client) {
    return client.policy(SURFACE, LoopClient.LEARNER);
  }
}
