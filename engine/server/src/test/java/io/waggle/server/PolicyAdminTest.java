package io.waggle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.v1.AddPolicyRequest;
import io.waggle.v1.ChangePolicyRequest;
import io.waggle.v1.Control;
import io.waggle.v1.ExplainPolicyRequest;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.PausePolicyRequest;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyServiceGrpc.PolicyServiceBlockingStub;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RemovePolicyRequest;
import io.waggle.v1.VowpalWabbitPolicy;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PolicyAdminTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SURFACE = "front-page";

  private final ServiceUnderTest service = new ServiceUnderTest();
  private final PolicyServiceBlockingStub policies =
      PolicyServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void anAddedPolicyIsInTheLogAndListed() {
    add(learner("squarecb", "--cb_explore_adf --squarecb -q ua"));

    assertThat(names()).containsExactly("everything", "first", "squarecb");
    ProducerRecord<byte[], byte[]> written = service.control.history().get(0);
    Control control = control(0);
    assertThat(new String(written.key(), UTF_8)).isEqualTo("surface/front-page");
    assertThat(written.timestamp()).isEqualTo(control.getCreatedMillis());
    assertThat(control.getAuthor()).isEqualTo("ann");
    assertThat(control.getSurface().getPoliciesCount()).isEqualTo(3);
    assertThat(control.getFileFingerprint())
        .isEqualTo(SurfaceControl.fingerprint(ServiceUnderTest.SURFACE.config()));
  }

  @Test
  void eachChangeIsMadeFromTheOneBefore() {
    add(learner("one", "--cb_explore_adf"));
    add(learner("two", "--cb_explore_adf --softmax"));
    change(learner("one", "--cb_explore_adf --epsilon 0.2"));
    pause("two", true);
    remove("first");

    assertThat(names()).containsExactly("everything", "one", "two");
    assertThat(list().get(1).getArguments()).isEqualTo("--cb_explore_adf --epsilon 0.2");
    assertThat(list().get(2).getPaused()).isTrue();
    for (int i = 1; i < 5; i++) {
      assertThat(control(i).getCreatedMillis()).isGreaterThan(control(i - 1).getCreatedMillis());
      assertThat(control(i).getBasedOnMillis()).isEqualTo(control(i - 1).getCreatedMillis());
    }
    change(learner("two", "--cb_explore_adf --squarecb"));
    assertThat(list().get(2).getPaused()).isTrue();
    pause("two", false);
    assertThat(list().get(2).getPaused()).isFalse();
    assertThat(service.metrics.controlUndoneCount()).isZero();
  }

  @Test
  void concurrentAdditionsLoseNothing() {
    List<CompletableFuture<Void>> adding =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> add(learner("p" + i, "--cb_explore_adf --epsilon 0." + (i + 10)))))
            .toList();
    adding.forEach(CompletableFuture::join);

    assertThat(names()).hasSize(22).doesNotHaveDuplicates();
    assertThat(control(19).getSurface().getPoliciesCount()).isEqualTo(22);
  }

  @Test
  void aChangeThatChangesNothingWritesNothing() {
    pause("first", false);

    assertThat(service.control.history()).isEmpty();
  }

  @Test
  void aWrongCommandLineIsRefusedInVowpalWabbitsWords() {
    Status status = refused(() -> add(learner("bad", "--cb_explore_adf --cb_type nonsense")));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .startsWith("policy.vowpal_wabbit.arguments: ")
        .contains("cb_type");
    assertThat(service.control.history()).isEmpty();
  }

  @Test
  void aBrokenRuleIsToldByItsFieldInTheRequest() {
    assertThat(refused(() -> add(PolicyConfig.newBuilder().setName("no kind").build())).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    PolicyConfig table =
        PolicyConfig.newBuilder()
            .setName("table")
            .setTable(
                io.waggle.v1.TablePolicy.newBuilder().addRows(row("a", 0.5)).addRows(row("a", 0.5)))
            .build();

    assertThat(refused(() -> add(table)).getDescription())
        .startsWith("policy.table.rows[1].action_id: a (expected: one row");
  }

  @Test
  void codesSayWhatStandsInTheWay() {
    assertThat(refused(() -> add(learner("first", "--cb_explore_adf"))).getCode())
        .isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(refused(() -> change(learner("nobody", "--cb_explore_adf"))).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refused(() -> pause("nobody", true)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refused(() -> remove("nobody")).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refused(() -> pause("everything", true)).getDescription())
        .isEqualTo(
            "policy: \"everything\" answers requests of surface \"front-page\" and cannot be"
                + " paused");
    assertThat(refused(() -> remove("everything")).getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(service.control.history()).isEmpty();
  }

  @Test
  void aSurfaceHasAtMostSixtyFourPolicies() {
    for (int i = 0; i < 62; i++) {
      add(
          PolicyConfig.newBuilder()
              .setName("u" + i)
              .setUniform(io.waggle.v1.UniformPolicy.getDefaultInstance())
              .build());
    }

    Status status = refused(() -> add(learner("one-more", "--cb_explore_adf")));

    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).contains("has 64, which is the bound");
  }

  @Test
  void whatTheLogDoesNotTakeIsNotFollowed() {
    service.control.sendException = new org.apache.kafka.common.KafkaException("away");

    assertThat(refused(() -> add(learner("one", "--cb_explore_adf"))).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);

    assertThat(names()).containsExactly("everything", "first");
  }

  @Test
  void beforeControlHasBeenReadNothingIsChanged() {
    service.controlKnown = false;

    assertThat(refused(() -> remove("first")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aPolicyIsExplainedByItsFacts() {
    add(learner("bag", "--cb_explore_adf --bag 5 -q ua -q sa -l 0.1"));

    var explained =
        policies.explainPolicy(
            ExplainPolicyRequest.newBuilder().setSurface(SURFACE).setPolicy("bag").build());

    assertThat(explained.getStatus().getPolicy()).isEqualTo("bag");
    assertThat(explained.getFactsList())
        .contains(
            "candidate: answers nobody, is evaluated on every decision",
            "explores by bag: votes of 5 policies learned on resampled decisions, epsilon 0",
            "estimates costs by --cb_type mtr (default)",
            "interactions of namespaces by first letter: sa, ua",
            "262144 weights (-b 18) in 8 set(s)",
            "learning rate 0.1, power_t 0.5",
            "floor: every action gets at least 0.02 / actions",
            "no model is served yet: requests get every action alike");
  }

  @Test
  void everyMethodHasItsPathInJson() throws Exception {
    String path = "/v1/surfaces/front-page/policies";
    String policy = "{\"name\":\"j\",\"vowpalWabbit\":{\"arguments\":\"--cb_explore_adf\"}}";

    assertThat(service.post(path + "?author=ann", policy).statusCode()).isEqualTo(200);
    assertThat(control(0).getAuthor()).isEqualTo("ann");
    String changed = policy.replace("adf\"", "adf --softmax\"");
    assertThat(service.put(path, changed).statusCode()).isEqualTo(200);
    assertThat(service.post(path + "/j/pause", "{\"paused\":true}").statusCode()).isEqualTo(200);
    JsonNode explained = JSON.readTree(service.get(path + "/j/explanation").body());
    assertThat(explained.get("status").get("paused").asBoolean()).isTrue();
    assertThat(service.delete(path + "/j").statusCode()).isEqualTo(200);
    assertThat(names()).containsExactly("everything", "first");
    HttpResponse<String> again = service.delete(path + "/j");
    assertThat(again.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(again.body()).get("code").asText()).isEqualTo("NOT_FOUND");
  }

  @Test
  void aChangeIsAnsweredWithThePolicyAsItIsNowAndARevisionThatGrows() throws Exception {
    String path = "/v1/surfaces/front-page/policies";
    String policy = "{\"name\":\"j\",\"vowpalWabbit\":{\"arguments\":\"--cb_explore_adf\"}}";

    JsonNode added = JSON.readTree(service.post(path, policy).body());
    JsonNode changed =
        JSON.readTree(service.put(path, policy.replace("adf\"", "adf --softmax\"")).body());
    JsonNode paused = JSON.readTree(service.post(path + "/j/pause", "{\"paused\":true}").body());
    JsonNode again = JSON.readTree(service.post(path + "/j/pause", "{\"paused\":true}").body());
    JsonNode listed = JSON.readTree(service.get("/v1/policies").body()).at("/policies/2");
    JsonNode removed = JSON.readTree(service.delete(path + "/j").body());

    assertThat(added.at("/status/policy").asText()).isEqualTo("j");
    assertThat(added.at("/status/kind").asText()).isEqualTo("vowpal_wabbit");
    assertThat(added.at("/status/arguments").asText()).isEqualTo("--cb_explore_adf");
    assertThat(added.get("revision").asLong()).isEqualTo(control(0).getCreatedMillis());
    assertThat(changed.at("/status/arguments").asText()).isEqualTo("--cb_explore_adf --softmax");
    assertThat(changed.get("revision").asLong()).isGreaterThan(added.get("revision").asLong());
    assertThat(paused.at("/status/paused").asBoolean()).isTrue();
    assertThat(paused.get("revision").asLong()).isGreaterThan(changed.get("revision").asLong());
    assertThat(again).isEqualTo(paused);
    assertThat(listed).isEqualTo(paused.get("status"));
    assertThat(removed.get("status")).isEqualTo(listed);
    assertThat(removed.get("revision").asLong()).isEqualTo(control(3).getCreatedMillis());
    assertThat(service.control.history()).hasSize(4);
  }

  @Test
  void aSurfaceAsInItsFileHasNoRevision() {
    assertThat(list()).extracting(PolicyStatus::getRevision).containsOnly(0L);

    pause("first", true);

    assertThat(list())
        .extracting(PolicyStatus::getRevision)
        .containsOnly(control(0).getCreatedMillis());
  }

  private static io.waggle.v1.TableRow row(String action, double probability) {
    return io.waggle.v1.TableRow.newBuilder()
        .setActionId(action)
        .setProbability(probability)
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
            AddPolicyRequest.newBuilder()
                .setSurface(SURFACE)
                .setPolicy(policy)
                .setAuthor("ann")
                .build());
  }

  private void change(PolicyConfig policy) {
    var unused =
        policies.changePolicy(
            ChangePolicyRequest.newBuilder().setSurface(SURFACE).setPolicy(policy).build());
  }

  private void pause(String policy, boolean paused) {
    var unused =
        policies.pausePolicy(
            PausePolicyRequest.newBuilder()
                .setSurface(SURFACE)
                .setPolicy(policy)
                .setPaused(paused)
                .build());
  }

  private void remove(String policy) {
    var unused =
        policies.removePolicy(
            RemovePolicyRequest.newBuilder().setSurface(SURFACE).setPolicy(policy).build());
  }

  private List<PolicyStatus> list() {
    return policies.listPolicies(ListPoliciesRequest.getDefaultInstance()).getPoliciesList();
  }

  private List<String> names() {
    return list().stream().map(PolicyStatus::getPolicy).toList();
  }

  private Control control(int index) {
    try {
      return Control.parseFrom(service.control.history().get(index).value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Status refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
  }
}
