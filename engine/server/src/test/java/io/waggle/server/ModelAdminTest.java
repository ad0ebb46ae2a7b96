package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ModelParts;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.DiffModelsRequest;
import io.waggle.v1.DiffModelsResponse;
import io.waggle.v1.GetWriterEpochRequest;
import io.waggle.v1.ListModelsRequest;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import io.waggle.v1.PromoteWriterRequest;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.ShowModelRequest;
import io.waggle.v1.WeightChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ModelAdminTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ARGUMENTS = "--cb_explore_adf -b 10";

  @TempDir Path directory;
  private ServiceUnderTest service;
  private ModelServiceBlockingStub models;

  @BeforeEach
  void start() {
    service =
        new ServiceUnderTest(
            ServiceUnderTest.limits(Duration.ofSeconds(5), 64L << 20, 2), directory);
    models = ModelServiceGrpc.newBlockingStub(service.channel());
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void versionsComeNewestFirstAndTheServingOneIsMarked() {
    register("first", 5, 0);
    register("first", 7, 0);
    register("everything", 6, 0);
    service.versions.put("first", new ServingModels.Version(7, 10, NOW));

    var listed = models.listModels(ListModelsRequest.getDefaultInstance()).getVersionsList();

    assertThat(listed)
        .extracting(version -> version.getModel().getLineage().getVersion())
        .containsExactly(6L, 7L, 5L);
    assertThat(listed)
        .extracting(version -> version.getServing())
        .containsExactly(false, true, false);
    assertThat(
            models.listModels(ListModelsRequest.newBuilder().setLimit(1).build()).getVersionsList())
        .hasSize(1);
  }

  @Test
  void aVersionThatIsNotKeptIsNotFound() {
    Status status =
        refused(
            () ->
                models.showModel(
                    ShowModelRequest.newBuilder()
                        .setSurface("front-page")
                        .setPolicy("first")
                        .setVersion(5)
                        .build()));

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription())
        .isEqualTo("version: front-page/first@5 is not in the registry");
  }

  @Test
  void theLearningJobOfALargerEpochIsPutInChargeOnce() throws Exception {
    PromoteWriterRequest second =
        PromoteWriterRequest.newBuilder().setEpoch(2).setAuthor("ann").build();

    assertThat(models.promoteWriter(second).getPreviousEpoch()).isZero();
    Status again = refused(() -> models.promoteWriter(second));

    assertThat(again.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(again.getDescription())
        .isEqualTo("epoch: 2 (expected: more than 2, which is in charge)");
    assertThat(models.getWriterEpoch(GetWriterEpochRequest.getDefaultInstance()).getEpoch())
        .isEqualTo(2);
    assertThat(service.control.history()).hasSize(1);
    Control said = Control.parseFrom(service.control.history().get(0).value());
    assertThat(new String(service.control.history().get(0).key(), UTF_8))
        .isEqualTo("writer-epoch/2");
    assertThat(said.getWriterEpoch().getEpoch()).isEqualTo(2);
    assertThat(said.getAuthor()).isEqualTo("ann");
  }

  @Test
  void nobodyIsPutInChargeBeforeItIsKnownWhoIs() {
    service.controlKnown = false;

    Status status =
        refused(() -> models.promoteWriter(PromoteWriterRequest.newBuilder().setEpoch(1).build()));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void twoVersionsAreComparedWithTheNamesOfRecentFeatures() throws Exception {
    keep("first", 5, 1);
    keep("first", 7, 9);
    service.examples.offer(
        Decision.newBuilder().setSurface("front-page").addAllActions(example().actions()).build());

    DiffModelsResponse difference = models.diffModels(difference(5, 7));

    assertThat(difference.getChangedWeights()).isPositive();
    assertThat(difference.getChangesList())
        .extracting(WeightChange::getFeature)
        .contains("action.id=a", "constant");
    assertThat(difference.getLargestChange()).isPositive();
    assertThat(difference.getVersion().getVersion()).isEqualTo(5);
  }

  @Test
  void bytesThatAreDamagedOrGoneAreSaid() throws Exception {
    keep("first", 5, 1);
    register("first", 7, 0);
    assertThat(refused(() -> models.diffModels(difference(5, 7))).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);

    keep("first", 8, 2);
    java.nio.file.Files.write(
        directory.resolve("front-page/first/8/model.bin"), new byte[] {1, 2, 3});
    Status status = refused(() -> models.diffModels(difference(5, 8)));
    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).contains("front-page/first@8: model.bin: 3 bytes");
  }

  @Test
  void withoutARegistryNothingIsCompared() {
    try (ServiceUnderTest without = new ServiceUnderTest()) {
      for (long version : List.of(5L, 7L)) {
        without.registered.put(
            Topics.versionKey("front-page", "first", version),
            RegisteredModel.newBuilder().setLineage(lineage("first", version)).build());
      }
      Status status =
          refused(
              () ->
                  ModelServiceGrpc.newBlockingStub(without.channel()).diffModels(difference(5, 7)));

      assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(status.getDescription())
          .isEqualTo(
              "registry: absent in this service's file (expected: the directory of kept versions; a"
                  + " bucket has to be mounted as one)");
    }
  }

  @Test
  void pinAndRollbackAreWrittenToControlAndAllHaveTheirPathInJson() throws Exception {
    register("first", 5, 0);
    String path = "/v1/models/front-page/first/5";

    JsonNode listed = JSON.readTree(service.get("/v1/models?surface=front-page").body());
    JsonNode shown = JSON.readTree(service.get(path).body());
    assertThat(listed.get("versions")).hasSize(1);
    assertThat(shown.at("/version/model/lineage/version").asText()).isEqualTo("5");
    assertThat(service.post(path + "/pin", "{\"pinned\":true,\"author\":\"ann\"}").statusCode())
        .isEqualTo(200);
    assertThat(service.post(path + "/rollback", "{\"author\":\"ann\"}").statusCode())
        .isEqualTo(200);
    assertThat(service.post("/v1/models/front-page/first/6/rollback", "{}").statusCode())
        .isEqualTo(404);
    assertThat(service.get(path + "/diff/6").statusCode()).isEqualTo(404);

    assertThat(service.control.history())
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactly("pin/front-page/first/5", "rollback/front-page/first");
    Control pin = Control.parseFrom(service.control.history().get(0).value());
    Control rollback = Control.parseFrom(service.control.history().get(1).value());
    assertThat(pin.getPin().getPinned()).isTrue();
    assertThat(pin.getAuthor()).isEqualTo("ann");
    assertThat(rollback.getRollback().getVersion()).isEqualTo(5);
    assertThat(rollback.getCreatedMillis()).isGreaterThan(pin.getCreatedMillis());
  }

  @Test
  void pinAndRollbackAreAnsweredWithTheVersionAndARevisionThatGrows() throws Exception {
    register("first", 5, 0);
    service.versions.put("first", new ServingModels.Version(5, 10, NOW));
    String path = "/v1/models/front-page/first/5";

    JsonNode pinned = JSON.readTree(service.post(path + "/pin", "{\"pinned\":true}").body());
    JsonNode unpinned = JSON.readTree(service.post(path + "/pin", "{}").body());
    JsonNode back = JSON.readTree(service.post(path + "/rollback", "{}").body());
    JsonNode promoted = JSON.readTree(service.post("/v1/writer-epoch/3/promote", "{}").body());

    assertThat(pinned.at("/version/model/lineage/version").asLong()).isEqualTo(5);
    assertThat(pinned.at("/version/model/pinned").asBoolean()).isTrue();
    assertThat(pinned.at("/version/serving").asBoolean()).isTrue();
    assertThat(unpinned.at("/version/model/pinned").asBoolean()).isFalse();
    assertThat(back.at("/version/model/lineage/arguments").asText()).isEqualTo(ARGUMENTS);
    assertThat(promoted.path("previousEpoch").asLong()).isZero();
    assertThat(promoted.get("epoch").asLong()).isEqualTo(3);
    assertThat(List.of(pinned, unpinned, back, promoted))
        .extracting(answer -> answer.get("revision").asLong())
        .containsExactly(NOW, NOW + 1, NOW + 2, NOW + 3);
  }

  private static DiffModelsRequest difference(long version, long other) {
    return DiffModelsRequest.newBuilder()
        .setSurface("front-page")
        .setPolicy("first")
        .setVersion(version)
        .setOtherVersion(other)
        .build();
  }

  private static ModelLineage lineage(String policy, long version) {
    return ModelLineage.newBuilder()
        .setSurface("front-page")
        .setPolicy(policy)
        .setVersion(version)
        .setArguments(ARGUMENTS)
        .build();
  }

  private void register(String policy, long version, int checksum) {
    service.registered.put(
        Topics.versionKey("front-page", policy, version),
        RegisteredModel.newBuilder()
            .setLineage(lineage(policy, version).toBuilder().setChecksum(checksum))
            .build());
  }

  private void keep(String policy, long version, int examples) throws Exception {
    ByteString bytes = ByteString.copyFrom(learned(examples));
    ModelRegistry.in(directory)
        .put(
            lineage(policy, version).toBuilder()
                .setChecksum(ModelParts.checksum(bytes))
                .setModelBytes(bytes.size())
                .build(),
            bytes);
    register(policy, version, ModelParts.checksum(bytes));
  }

  private static byte[] learned(int examples) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int i = 0; i < examples; i++) {
        var unused = learner.learn(example(), 0, -1, 0.5);
      }
      return learner.modelBytes();
    }
  }

  private static Example example() {
    return new Example(
        List.of(),
        List.of(),
        List.of(Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()));
  }

  private static Status refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
  }
}
