package io.waggle.app;

import static io.waggle.app.embedded.Await.PATIENCE;
import static io.waggle.app.embedded.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.embedded.BrokerClient;
import io.waggle.app.embedded.EmbeddedKafka;
import io.waggle.app.embedded.EmbeddedTopics;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.AddPolicyRequest;
import io.waggle.v1.ChangePolicyRequest;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.ExplainPolicyRequest;
import io.waggle.v1.ExplainPolicyResponse;
import io.waggle.v1.FeatureWeight;
import io.waggle.v1.ListModelsRequest;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.PausePolicyRequest;
import io.waggle.v1.PinModelRequest;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyServiceGrpc.PolicyServiceBlockingStub;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.RejectReason;
import io.waggle.v1.RemovePolicyRequest;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.RollbackModelRequest;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes of policies and models through a ranking service on a real broker; each test has a
 * surface of its own, so that they share the broker.
 */
@Timeout(180)
class AdminITCase {
  private static final String LEARNER = "--cb_explore_adf --epsilon 0.2 -q ca";

  @TempDir private static Path kafkaDirectory;
  private static EmbeddedKafka kafka;
  private static BrokerClient broker;

  @TempDir Path directory;
  private String surface = "";
  private RankingServer server;
  private ManagedChannel channel;
  private PolicyServiceBlockingStub policies;

  @BeforeAll
  static void startKafka() throws InterruptedException {
    kafka = EmbeddedKafka.start(kafkaDirectory.resolve("kafka"));
    EmbeddedTopics.create(kafka.bootstrapServers());
    broker = new BrokerClient(kafka.bootstrapServers());
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void start(TestInfo test) throws InterruptedException {
    surface = test.getTestMethod().orElseThrow().getName();
    startServer(file(surface));
  }

  private void startServer(SurfaceConfig file) throws InterruptedException {
    server =
        RankingServer.start(
            ServerSettings.of("127.0.0.1", 0, kafka.bootstrapServers(), directory.resolve("views")),
            new Surfaces(List.of(Surface.of(file))));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    policies = PolicyServiceGrpc.newBlockingStub(channel);
    assertThat(server.awaitReady(PATIENCE)).as(server.missing().toString()).isTrue();
  }

  @AfterEach
  void stopServer() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void changesAreFollowedAtOnceAndSurviveARestart() throws Exception {
    add(learner("one", LEARNER));
    add(learner("two", "--cb_explore_adf --softmax"));
    assertThat(names()).containsExactly("random", "one", "two");
    change(learner("one", "--cb_explore_adf --squarecb"));
    pause("two");
    remove("one");
    assertThat(names()).containsExactly("random", "two");

    stopServer();
    startServer(file(surface));

    assertThat(names()).containsExactly("random", "two");
    assertThat(list().get(1).getPaused()).isTrue();
    List<Control> said = controls("surface/" + surface);
    assertThat(said).hasSize(5);
    for (int i = 1; i < said.size(); i++) {
      assertThat(said.get(i).getBasedOnMillis()).isEqualTo(said.get(i - 1).getCreatedMillis());
    }
  }

  @Test
  void aWrongCommandLineReachesNoLogAndIsRefusedInVowpalWabbitsWords() {
    Status status =
        catchThrowableOfType(
                StatusRuntimeException.class,
                () -> add(learner("bad", "--cb_explore_adf --cb_type nonsense")))
            .getStatus();

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("policy.vowpal_wabbit.arguments: ");
    assertThat(controls("surface/" + surface)).isEmpty();
  }

  @Test
  void concurrentAdditionsLoseNothing() {
    List<CompletableFuture<Void>> adding =
        IntStream.range(0, 12)
            .mapToObj(i -> CompletableFuture.runAsync(() -> add(learner("p" + i, LEARNER))))
            .toList();
    adding.forEach(CompletableFuture::join);

    assertThat(names()).hasSize(13).doesNotHaveDuplicates();
    List<Control> said = controls("surface/" + surface);
    assertThat(said.get(said.size() - 1).getSurface().getPoliciesCount()).isEqualTo(13);
  }

  @Test
  void aFileEditedSinceWins() throws Exception {
    add(learner("one", LEARNER));

    stopServer();
    startServer(file(surface).toBuilder().setExplorationFloor(0.1).build());

    assertThat(names()).containsExactly("random");
    add(learner("two", LEARNER));
    assertThat(names()).containsExactly("random", "two");
  }

  @Test
  void whatAnotherServiceWritesIsFollowed() {
    SurfaceConfig file = file(surface);
    broker.produce(
        Topics.CONTROL,
        Topics.surfaceControlKey(surface),
        Control.newBuilder()
            .setCreatedMillis(System.currentTimeMillis())
            .setFileFingerprint(SurfaceControl.fingerprint(file))
            .setSurface(file.toBuilder().addPolicies(learner("theirs", LEARNER)))
            .build());

    await("their policy", () -> names().contains("theirs"));
    add(learner("ours", LEARNER));
    assertThat(names()).containsExactly("random", "theirs", "ours");
  }

  @Test
  void theModelOfAnAddedPolicyIsServedExplainedAndLeavesWithIt() throws Exception {
    publish("one", 7, PublishedModel.trained(LEARNER));
    add(learner("one", LEARNER));
    await("version 7 serves", () -> status("one").getModelVersion() == 7);
    RankRequest request =
        RankRequest.newBuilder()
            .setSurface(surface)
            .addActions(Action.newBuilder().setId("a"))
            .addActions(Action.newBuilder().setId("b"))
            .build();
    assertThat(RankingServiceGrpc.newBlockingStub(channel).rank(request).getRankingCount())
        .isEqualTo(2);

    ExplainPolicyResponse explained =
        policies.explainPolicy(
            ExplainPolicyRequest.newBuilder().setSurface(surface).setPolicy("one").build());
    assertThat(explained.getFactsList()).contains("explores by epsilon-greedy, epsilon 0.2");
    assertThat(explained.getNonzeroWeights()).isPositive();
    assertThat(explained.getWeightsList())
        .extracting(FeatureWeight::getFeature)
        .contains("action.id=a", "constant");
    assertThat(hasModelGauge("one")).isTrue();

    remove("one");
    assertThat(hasModelGauge("one")).isFalse();
  }

  @Test
  void aModelThatCannotBeServedIsListedAndLeavesADeadLetterAndTheGoodOneStays() throws Exception {
    add(learner("one", LEARNER));
    publish("one", 7, PublishedModel.trained(LEARNER));
    await("version 7 serves", () -> status("one").getModelVersion() == 7);

    byte[] truncated = java.util.Arrays.copyOf(PublishedModel.trained(LEARNER), 150);
    publish("one", 8, truncated);

    await("version 8 is refused", () -> status("one").getRefusedVersion() == 8);
    assertThat(status("one").getModelVersion()).isEqualTo(7);
    assertThat(status("one").getRefusedReason()).isNotBlank();
    await("a dead letter", () -> !letters().isEmpty());
    DeadLetter letter = letters().get(0);
    assertThat(letter.getTopic()).isEqualTo(Topics.MODELS);
    assertThat(letter.getKey().toStringUtf8()).isEqualTo(surface + "/one/0");
    assertThat(letter.getDetail()).startsWith("version 8: ");
    assertThat(letter.getValue().toByteArray()).isEqualTo(truncated);
  }

  @Test
  void registeredVersionsAreListedAndAskedToBeKeptOrPutBack() throws Exception {
    var models = ModelServiceGrpc.newBlockingStub(channel);
    broker.produce(
        Topics.VERSIONS,
        Topics.versionKey(surface, "random", 5),
        RegisteredModel.newBuilder()
            .setLineage(
                ModelLineage.newBuilder().setSurface(surface).setPolicy("random").setVersion(5))
            .build());
    ListModelsRequest ours = ListModelsRequest.newBuilder().setSurface(surface).build();
    await("the version is listed", () -> models.listModels(ours).getVersionsCount() == 1);

    var unusedPin =
        models.pinModel(
            PinModelRequest.newBuilder()
                .setSurface(surface)
                .setPolicy("random")
                .setVersion(5)
                .setPinned(true)
                .build());
    RollbackModelRequest.Builder rollback =
        RollbackModelRequest.newBuilder().setSurface(surface).setPolicy("random").setAuthor("ann");
    var unusedRollback = models.rollbackModel(rollback.setVersion(5).build());
    Status status =
        catchThrowableOfType(
                StatusRuntimeException.class,
                () -> models.rollbackModel(rollback.setVersion(6).build()))
            .getStatus();

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(controls("pin/" + surface + "/random/5")).hasSize(1);
    List<Control> rollbacks = controls("rollback/" + surface + "/random");
    assertThat(rollbacks).hasSize(1);
    assertThat(rollbacks.get(0).getRollback().getVersion()).isEqualTo(5);
    assertThat(rollbacks.get(0).getAuthor()).isEqualTo("ann");
  }

  @Test
  void theCommandLineDoesItAll() throws Exception {
    String policy = surface + "/one";
    Path file = directory.resolve("two.yaml");
    Files.writeString(file, "vowpalWabbit: {arguments: --cb_explore_adf --softmax}\nwarmUp: 60s\n");

    assertThat(run(0, "policies", "add", policy, "--arguments", LEARNER))
        .isEqualTo(policy + " is added.\n");
    run(0, "policies", "add", surface + "/two", "--file", file.toString());
    assertThat(run(0, "policies")).contains(policy, "candidate");
    run(0, "policies", "change", policy, "--arguments", "--cb_explore_adf --squarecb");
    run(0, "policies", "pause", policy);
    assertThat(run(0, "policies", "list", "--surface", surface)).contains("paused");
    run(0, "policies", "resume", policy);
    assertThat(run(0, "policies", "explain", surface + "/two"))
        .contains("explores by softmax", "when added, first learned the last 60 s");
    assertThat(run(0, "policies", "list", "--json", "-")).contains("\"policy\": \"one\"");
    run(0, "policies", "remove", policy);
    assertThat(names()).containsExactly("random", "two");

    assertThat(run(1, "policies", "remove", policy))
        .contains("NOT_FOUND: policy: surface \"" + surface + "\" has no policy \"one\"");
    assertThat(run(1, "policies", "add", policy, "--arguments", "--cb_explore_adf --cb_type x"))
        .contains("INVALID_ARGUMENT: policy.vowpal_wabbit.arguments: ");
    assertThat(run(2, "policies", "add", "one", "--arguments", LEARNER))
        .contains("expected: SURFACE/POLICY");
    assertThat(run(0, "models", "list", "--surface", surface)).isEqualTo("No versions are kept.\n");
    assertThat(run(1, "models", "rollback", policy + "@5"))
        .contains("NOT_FOUND: version: " + policy + "@5 is not in the registry");
    assertThat(run(0, "models", "epoch")).startsWith("epoch in charge: 0\n");
    assertThat(run(1, "models", "promote", "0")).contains("INVALID_ARGUMENT: epoch: ");
    assertThat(run(2, "models", "show", policy)).contains("expected: surface/policy@version");
  }

  @Test
  void aDecisionIsExplainedFromMemoryAndAfterARestartFromTheTopic() throws Exception {
    String id = surface + "/1";
    rank(id, "somebody");
    String equal = "made again: probabilities, order and draw are those logged, bit for bit";
    await("the decision is explained", () -> execute(new StringWriter(), "explain", id) == 0);
    assertThat(run(0, "explain", id)).contains(equal, "found in", "policy random, without a model");

    stopServer();
    startServer(file(surface));

    assertThat(run(0, "explain", id))
        .contains(equal, "found in topic decisions, partition")
        .containsPattern("draw: seed [0-9a-f]+ gives 0\\.\\d{6}, in \\[0\\.")
        .doesNotContain("somebody");
    assertThat(run(0, "explain", id, "--json", "-")).contains("REPRODUCTION_OUTCOME_EQUAL");
    assertThat(run(1, "explain", "nowhere"))
        .contains("NOT_FOUND: decision_id: neither among the 0 decisions kept by this service nor")
        .contains("records of topic decisions from");
    assertThat(run(1, "explain", id, "--limit", "101")).contains("INVALID_ARGUMENT: limit: ");
    assertThat(run(2, "explain")).contains("Missing required parameter: 'ID'");
  }

  /**
   * Neither the version nor the floor that decided are there when the service starts again; a job
   * of a later epoch stands by.
   */
  @Test
  void aDecisionIsMadeAgainAfterARestartAlthoughModelAndFloorAreOthers() throws Exception {
    SurfaceConfig.Builder learning =
        file(surface).toBuilder()
            .setLivePolicy("one")
            .addPolicies(learner("one", LEARNER))
            .setExplorationFloor(0.1);
    stopServer();
    startServer(learning.build());
    long version = System.currentTimeMillis();
    String id = surface + "/1";
    // More than are read at once.
    for (int i = 0; i < 40; i++) {
      new PublishedModel(
              surface,
              "one",
              ModelVersions.at(1, version + i),
              LEARNER,
              PublishedModel.trained(LEARNER))
          .toStandby(broker);
    }
    publish("one", version, PublishedModel.trained(LEARNER));
    await("it serves", () -> status("one").getModelVersion() == version);
    rank(id, "");
    publish("one", version + 1, PublishedModel.trained(LEARNER));
    await("the next one serves", () -> status("one").getModelVersion() == version + 1);

    stopServer();
    startServer(learning.setExplorationFloor(0.3).build());
    await("the decision is in the topic", () -> execute(new StringWriter(), "explain", id) == 0);

    assertThat(run(0, "explain", id))
        .contains("made again: probabilities, order and draw are those logged, bit for bit")
        .contains("in topic models", "the exploration floor was 0.1, and is now 0.3");
  }

  private void rank(String id, String user) {
    var unused =
        RankingServiceGrpc.newBlockingStub(channel)
            .rank(
                RankRequest.newBuilder()
                    .setDecisionId(id)
                    .setSurface(surface)
                    .setUserId(user)
                    .addActions(Action.newBuilder().setId("a"))
                    .addActions(Action.newBuilder().setId("b"))
                    .build());
  }

  /** Runs a command against the service; what it printed. */
  private String run(int exitCode, String... arguments) {
    StringWriter printed = new StringWriter();
    int code = execute(printed, arguments);
    assertThat(code).as(printed.toString()).isEqualTo(exitCode);
    return printed.toString();
  }

  private int execute(StringWriter printed, String... arguments) {
    PrintWriter to = new PrintWriter(printed);
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add("--at");
    line.add("127.0.0.1:" + server.port());
    return Waggle.commandLine().setOut(to).setErr(to).execute(line.toArray(String[]::new));
  }

  private static SurfaceConfig file(String name) {
    return SurfaceConfig.newBuilder()
        .setName(name)
        .setLivePolicy("random")
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("random")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .setReward(RewardConfig.getDefaultInstance())
        .build();
  }

  private static PolicyConfig learner(String name, String arguments) {
    return PolicyConfig.newBuilder()
        .setName(name)
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
        .build();
  }

  private void add(PolicyConfig policy) {
    var unused =
        policies.addPolicy(
            AddPolicyRequest.newBuilder().setSurface(surface).setPolicy(policy).build());
  }

  private void change(PolicyConfig policy) {
    var unused =
        policies.changePolicy(
            ChangePolicyRequest.newBuilder().setSurface(surface).setPolicy(policy).build());
  }

  private void pause(String policy) {
    var unused =
        policies.pausePolicy(
            PausePolicyRequest.newBuilder()
                .setSurface(surface)
                .setPolicy(policy)
                .setPaused(true)
                .build());
  }

  private void remove(String policy) {
    var unused =
        policies.removePolicy(
            RemovePolicyRequest.newBuilder().setSurface(surface).setPolicy(policy).build());
  }

  private List<PolicyStatus> list() {
    return policies.listPolicies(ListPoliciesRequest.getDefaultInstance()).getPoliciesList();
  }

  private List<String> names() {
    return list().stream().map(PolicyStatus::getPolicy).toList();
  }

  private PolicyStatus status(String policy) {
    return list().stream().filter(one -> one.getPolicy().equals(policy)).findFirst().orElseThrow();
  }

  private boolean hasModelGauge(String policy) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
    return MetricsPage.read(page).has("waggle_model_version", "surface", surface, "policy", policy);
  }

  private void publish(String policy, long version, byte[] bytes) {
    new PublishedModel(surface, policy, version, LEARNER, bytes).to(broker);
  }

  private static List<Control> controls(String key) {
    return broker.records(Topics.CONTROL).stream()
        .filter(record -> new String(record.key(), UTF_8).equals(key))
        .map(record -> parsed(Control.getDefaultInstance(), record))
        .toList();
  }

  private List<DeadLetter> letters() {
    return broker.records(Topics.DEAD_LETTERS).stream()
        .map(record -> parsed(DeadLetter.getDefaultInstance(), record))
        .filter(letter -> letter.getReason() == RejectReason.REJECT_REASON_MODEL)
        .filter(letter -> letter.getKey().toStringUtf8().startsWith(surface + "/"))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Message> T parsed(T kind, ConsumerRecord<byte[], byte[]> record) {
    try {
      return (T) kind.getParserForType().parseFrom(record.value());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
