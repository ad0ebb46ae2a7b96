package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static io.waggle.server.ServiceUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.server.explain.VersionSearch;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.Decision;
import io.waggle.v1.ExplainDecisionRequest;
import io.waggle.v1.ExplainDecisionResponse;
import io.waggle.v1.Explanation;
import io.waggle.v1.ExplanationServiceGrpc;
import io.waggle.v1.ExplanationServiceGrpc.ExplanationServiceBlockingStub;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RankingServiceGrpc.RankingServiceBlockingStub;
import io.waggle.v1.ReproductionOutcome;
import io.waggle.v1.RetrievalConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Explained rankings and decisions of a service, over gRPC and JSON. */
@Timeout(60)
class ExplanationTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.2 -q da -b 12";

  private final ServiceUnderTest service = new ServiceUnderTest(surface(ARGUMENTS));
  private final RankingServiceBlockingStub ranking =
      RankingServiceGrpc.newBlockingStub(service.channel());
  private final ExplanationServiceBlockingStub explaining =
      ExplanationServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aRankingIsExplainedByTheModelThatMadeIt() throws Exception {
    serve(5);

    RankResponse answer = ranking.rank(request().setExplain(true).build());

    Explanation explanation = answer.getExplanation();
    assertThat(explanation.getNotesList()).isEmpty();
    assertThat(explanation.getFactsList()).contains("explores by epsilon-greedy, epsilon 0.2");
    ActionExplanation liked = explanation.getSlots(0).getActions(1);
    assertThat(liked.getActionId()).isEqualTo("b");
    assertThat(liked.getScore()).isNegative();
    assertThat(liked.getContributionsList())
        .anyMatch(
            each ->
                each.getPartsCount() == 2
                    && each.getParts(0).getNamespace().equals("device")
                    && each.getParts(0).getText().equals("phone")
                    && each.getParts(1).getText().equals("b"));
    assertThat(explanation.getSlots(0).getDraw().getActionId())
        .isEqualTo(answer.getChosenActionId());
    double drawn = explanation.getSlots(0).getDraw().getNumber();
    assertThat(drawn)
        .isBetween(
            explanation.getSlots(0).getDraw().getLower(),
            explanation.getSlots(0).getDraw().getUpper());
  }

  @Test
  void whatIsNotAskedForIsNotThereAndTheAnswerIsTheSame() throws Exception {
    serve(5);
    RankRequest.Builder request = request().setDecisionId("d");

    RankResponse plain = ranking.rank(request.build());
    RankResponse explained = ranking.rank(request.setExplain(true).build());

    assertThat(plain.hasExplanation()).isFalse();
    assertThat(explained.toBuilder().clearExplanation().build()).isEqualTo(plain);
  }

  @Test
  void aLimitThatIsTooLargeIsRefused() {
    Status status =
        catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ranking.rank(request().setExplain(true).setExplainLimit(101).build()))
            .getStatus();

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("explain_limit: ");
  }

  @Test
  void theAnswerSaysHowOldTheSessionIs() {
    service.sessions.put(
        "ann",
        Session.newBuilder().setUserId("ann").setVersion(7).setLastMillis(NOW - 1_500).build());

    RankResponse answer = ranking.rank(request().setUserId("ann").build());

    assertThat(answer.getSessionAgeMillis()).isEqualTo(1_500);
    assertThat(ranking.rank(request().build()).getSessionAgeMillis()).isZero();
  }

  @Test
  void theAnswerSaysHowMuchTheModelKnowsAndHowOldItIsAlsoInJson() throws Exception {
    RankResponse before = ranking.rank(request().build());
    serve(5);

    RankResponse answer = ranking.rank(request().build());
    JsonNode json =
        JSON.readTree(
            service
                .post("/v1/rank", "{\"surface\":\"front\",\"actions\":[{\"id\":\"a\"}]}")
                .body());

    assertThat(before.getModelVersion()).isZero();
    assertThat(before.getModelAgeMillis()).isZero();
    assertThat(answer.getModelVersion()).isEqualTo(5);
    assertThat(answer.getEventsLearned()).isEqualTo(5);
    assertThat(answer.getModelAgeMillis()).isEqualTo(5_000);
    assertThat(json.get("modelVersion").asLong()).isEqualTo(5);
    assertThat(json.get("eventsLearned").asLong()).isEqualTo(5);
    assertThat(json.get("modelAgeMillis").asLong()).isEqualTo(5_000);
  }

  @Test
  void aDecisionOfBeforeIsMadeAgainAlthoughNewerModelsServe() throws Exception {
    serve(5);
    RankResponse answer = ranking.rank(request().setDecisionId("d").setUserId("ann").build());
    serve(6);
    serve(7);
    await(() -> service.recentDecisions.count() == 1);

    ExplainDecisionResponse explained = explain("d");

    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.getDecision().getModelVersion()).isEqualTo(5);
    assertThat(explained.getModelSource()).isEqualTo("among the versions served lately");
    assertThat(explained.getEventsLearned()).isEqualTo(answer.getEventsLearned());
    assertThat(explained.getModelAgeMillis()).isEqualTo(answer.getModelAgeMillis());
    assertThat(explained.getDecisionSource()).isEqualTo("this service's memory");
    assertThat(explained.getDecision().getUserId()).isEmpty();
    assertThat(explained.toString()).doesNotContain("ann");
  }

  @Test
  void aDecisionOfRetrievedCandidatesIsMadeAgainFromTheseAlone() throws Exception {
    for (String id : List.of("a", "b", "c", "d", "e")) {
      service.items.put(
          Topics.itemKey("front", id), Item.newBuilder().setSurface("front").setItemId(id).build());
    }
    serve(5);
    RankResponse answer =
        ranking.rank(
            RankRequest.newBuilder()
                .setSurface("front")
                .setDecisionId("d")
                .addContext(device("phone"))
                .setItems(ItemSelection.getDefaultInstance())
                .setExplain(true)
                .build());
    await(() -> service.recentDecisions.count() == 1);

    ExplainDecisionResponse explained = explain("d");

    assertThat(answer.getItemsSelected()).isEqualTo(5);
    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.getExplanation()).isEqualTo(answer.getExplanation());
    assertThat(answer.getExplanation().getRetrieval())
        .isEqualTo(
            ItemRetrieval.newBuilder().setKnown(5).setSelected(5).setKept(2).setRanked(2).build());
    assertThat(explained.getExplanation().getSlots(0).getActionsList())
        .hasSize(2)
        .extracting(ActionExplanation::getActionId)
        .contains("b");
  }

  @Test
  void anotherModelUnderTheSameVersionIsShownAsDifferent() throws Exception {
    serve(5);
    var unused = ranking.rank(request().setDecisionId("d").build());
    await(() -> service.recentDecisions.count() == 1);
    Decision changed =
        kept("d").toBuilder().setDecisionId("other").setProbabilities(0, 0.75).build();
    service.logged.put("other", changed);

    ExplainDecisionResponse explained = explain("other");

    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_DIFFERENT);
    assertThat(explained.getReproduction().getDifferencesList())
        .anyMatch(line -> line.startsWith("probability of a: logged 0.75, reproduced "));
  }

  @Test
  void withoutItsModelADecisionIsExplainedFromItsRecordAlone() throws Exception {
    serve(5);
    var unused = ranking.rank(request().setDecisionId("d").build());
    await(() -> service.recentDecisions.count() == 1);
    service.logged.put("old", kept("d").toBuilder().setUserId("ann").setModelVersion(3).build());

    ExplainDecisionResponse explained = explain("old");

    assertThat(explained.getDecision().getUserId()).isEmpty();
    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_UNSPECIFIED);
    assertThat(explained.getExplanation().getNotesList())
        .containsExactly(
            "version 3 of front/learner is not held any more: this is what the decision's record"
                + " alone says",
            "looked for: not among the versions that this service has served lately; this service"
                + " has no registry; nobody published it",
            "versions are held longer by recentModelBytes of the service, in its memory, and by"
                + " registry.every and registry.keep of the learning job; those that are gone"
                + " cannot be made again");
    assertThat(explained.getModelSource()).isEmpty();
    assertThat(explained.getExplanation().getSlots(0).getActions(0).hasScore()).isFalse();
    assertThat(explained.getExplanation().getSlots(0).getActions(0).getProbability()).isPositive();
  }

  @Test
  void aVersionThatIsNotInMemoryIsTakenFromWhereItWasPublished() throws Exception {
    serve(5);
    ServableModel then = model(5);
    var unused = ranking.rank(request().setDecisionId("d").build());
    await(() -> service.recentDecisions.count() == 1);
    // As after a restart: the decision is in the log, and another version serves.
    service.logged.put("old", kept("d").toBuilder().setModelVersion(3).build());
    service.published =
        (surface, policy, version) ->
            version == 3 && policy.equals("learner")
                ? new VersionSearch.Found(then, "in topic models")
                : new VersionSearch.Found(null, "not there");

    ExplainDecisionResponse explained = explain("old");

    assertThat(explained.getModelSource()).isEqualTo("in topic models");
    assertThat(explained.getExplanation().getNotesList()).isEmpty();
    assertThat(explained.getExplanation().getSlots(0).getActions(0).hasScore()).isTrue();
    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
  }

  @Test
  void aPolicyWithoutAModelIsMadeAgainToo() {
    var unused = ranking.rank(request().setDecisionId("d").build());
    await(() -> service.recentDecisions.count() == 1);

    ExplainDecisionResponse explained = explain("d");

    assertThat(explained.getReproduction().getOutcome())
        .isEqualTo(ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL);
    assertThat(explained.getExplanation().getNotesList())
        .containsExactly("the policy had no model yet: every action alike");
  }

  @Test
  void anUnknownDecisionIsNotFoundAndItIsSaidWhereItWasLookedFor() {
    Status status =
        catchThrowableOfType(StatusRuntimeException.class, () -> explain("nowhere")).getStatus();

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription())
        .isEqualTo(
            "decision_id: neither among the 0 decisions kept by this service nor in the log from"
                + " %d to %d".formatted(NOW - 3_600_000, NOW));
  }

  @Test
  void aTimeToComeIsNow() throws Exception {
    assertThat(service.get("/v1/explain?decisionId=x&toMillis=" + Long.MAX_VALUE).body())
        .contains("in the log from %d to %d".formatted(NOW - 3_600_000, NOW));
  }

  @Test
  void bothAreJsonToo() throws Exception {
    serve(5);
    HttpResponse<String> ranked =
        service.post(
            "/v1/rank",
            "{\"surface\":\"front\",\"decisionId\":\"d/1\",\"explain\":true,\"explainLimit\":2,"
                + "\"actions\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
    await(() -> service.recentDecisions.count() == 1);
    HttpResponse<String> explained = service.get("/v1/explain?decisionId=d%2F1&limit=2");

    JsonNode slot = JSON.readTree(ranked.body()).get("explanation").get("slots").get(0);
    assertThat(slot.get("actions").get(1).get("contributions")).hasSize(2);
    assertThat(explained.statusCode()).as(explained.body()).isEqualTo(200);
    assertThat(JSON.readTree(explained.body()).get("reproduction").get("outcome").asText())
        .isEqualTo("REPRODUCTION_OUTCOME_EQUAL");
    assertThat(service.get("/v1/explain?decisionId=x").statusCode()).isEqualTo(404);
    assertThat(service.get("/v1/explain").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/explain?decisionId=x&fromMillis=9&toMillis=8").body())
        .contains("from_millis: must be at most to_millis (8)");
  }

  private Decision kept(String decisionId) {
    return Objects.requireNonNull(service.recentDecisions.find(decisionId));
  }

  private ExplainDecisionResponse explain(String decisionId) {
    return explaining.explainDecision(
        ExplainDecisionRequest.newBuilder().setDecisionId(decisionId).build());
  }

  private static RankRequest.Builder request() {
    return RankRequest.newBuilder()
        .setSurface("front")
        .addContext(device("phone"))
        .addActions(Action.newBuilder().setId("a"))
        .addActions(Action.newBuilder().setId("b"));
  }

  private static Namespace device(String kind) {
    return Namespace.newBuilder()
        .setName("device")
        .addFeatures(
            Feature.newBuilder().setName("kind").setValue(FeatureValue.newBuilder().setText(kind)))
        .build();
  }

  /** Puts a version into service to which b is worth more with each version. */
  private void serve(int version) throws Exception {
    assertThat(service.recentModels.apply(model(version))).isTrue();
  }

  private static ServableModel model(int version) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      Example example =
          new Example(
              List.of(device("phone")),
              List.of(),
              List.of(
                  Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()));
      for (int i = 0; i < version; i++) {
        var unused = learner.learn(example, 1, -1, 0.5);
      }
      return new ServableModel(
          "front",
          "learner",
          version,
          ByteString.copyFrom(learner.modelBytes()),
          ARGUMENTS,
          version,
          NOW - 1_000L * version,
          0,
          0);
    }
  }

  private static Surface surface(String arguments) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("front")
            .setLivePolicy("learner")
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("learner")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .setReward(RewardConfig.getDefaultInstance())
            .setRetrieval(RetrievalConfig.newBuilder().setCandidates(2))
            .build());
  }
}
