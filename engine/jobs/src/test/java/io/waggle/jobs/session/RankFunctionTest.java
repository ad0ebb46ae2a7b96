package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static io.waggle.jobs.session.SessionFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankTask;
import io.waggle.v1.RankUpdate;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import io.waggle.v1.WatchRankingsResponse;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterEpoch;
import io.waggle.v1.WriterRun;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankFunctionTest {
  private static final long NOW = START + 1234;

  @Test
  void pushedRankingGoesToTheUserAndIsLoggedAsDeferred() throws Exception {
    try (Harness harness = new Harness(null)) {
      RankTask task = pushed("front", "u", "i1");
      harness.rank(task);

      WatchRankingsResponse ranking = harness.rankings().get(0);
      assertThat(ranking.getUserId()).isEqualTo("u");
      assertThat(ranking.getSurface()).isEqualTo("front");
      assertThat(ranking.getInteractionId()).isEqualTo("i1");
      assertThat(ranking.getCreatedMillis()).isEqualTo(NOW);
      assertThat(ranking.getRanking().getRankingCount()).isEqualTo(3);
      assertThat(ranking.getRanking().getSessionVersion()).isEqualTo(1);
      Decision decision = harness.decisions().get(0);
      assertThat(decision.getDecisionId()).isEqualTo(ranking.getRanking().getDecisionId());
      assertThat(decision.getDecisionId()).isEqualTo(task.getRequest().getDecisionId());
      assertThat(decision.getDeferred()).isTrue();
      assertThat(decision.getEventTimeMillis()).isEqualTo(START);
      assertThat(decision.getSessionList()).hasSize(1);
      assertThat(harness.count("front", RankFunction.PUSHED)).isEqualTo(1);
      assertThat(harness.count("front", RankFunction.LOGGED)).isEqualTo(1);
    }
  }

  @Test
  void pushedRankingOfASurfaceThatDoesNotLogIsNotADecision() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.rank(pushed("unlogged", "u", "i1"));

      assertThat(harness.rankings()).hasSize(1);
      assertThat(harness.decisions()).isEmpty();
      assertThat(harness.count("unlogged", RankFunction.LOGGED)).isZero();
    }
  }

  @Test
  void requestIsAnsweredAndItsDecisionLogged() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.rank(requested("unlogged", "d1"));

      assertThat(harness.rankings().get(0).getRanking().getDecisionId()).isEqualTo("d1");
      assertThat(harness.rankings().get(0).getInteractionId()).isEmpty();
      assertThat(harness.decisions().get(0).getDeferred()).isFalse();
      assertThat(harness.count("unlogged", RankFunction.ANSWERED)).isEqualTo(1);
    }
  }

  @Test
  void withoutAModelEveryActionIsAsLikely() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.rank(requested("front", "d1"));

      assertThat(harness.rankings().get(0).getRanking().getModelVersion()).isZero();
      assertThat(harness.decisions().get(0).getProbabilitiesList()).containsExactly(0.5, 0.5);
    }
  }

  @Test
  void publishedModelRanksFromItsLastPartOnAndAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    Decision before;
    try (Harness harness = new Harness(null)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      harness.rank(requested("front", "d1"));
      before = harness.decisions().get(0);
      snapshot = harness.snapshot();
    }

    assertThat(before.getModelVersion()).isEqualTo(77);
    assertThat(before.getProbabilities(1)).isGreaterThan(0.8);

    try (Harness harness = new Harness(snapshot)) {
      harness.rank(requested("front", "d1"));

      assertThat(harness.decisions()).containsExactly(before);
      assertThat(harness.count("front", RankFunction.ANSWERED)).isEqualTo(2);
    }
  }

  @Test
  void theAnswerSaysHowMuchTheModelKnowsAndHowOldItAndTheSessionAre() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      harness.rank(
          requested("front", "d1").toBuilder()
              .setTimeMillis(START + 700)
              .setSession(Session.newBuilder().setVersion(4).setLastMillis(START + 200))
              .build());

      RankResponse answer = harness.rankings().get(0).getRanking();
      assertThat(answer.getModelVersion()).isEqualTo(77);
      assertThat(answer.getEventsLearned()).isEqualTo(100);
      assertThat(answer.getModelAgeMillis()).isEqualTo(700);
      assertThat(answer.getSessionVersion()).isEqualTo(4);
      assertThat(answer.getSessionAgeMillis()).isEqualTo(500);
    }
  }

  @Test
  void modelsOfUnknownSurfacesAndPoliciesAreNotKept() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part.toBuilder().setPolicy("unknown").build());
        harness.model(part.toBuilder().setSurface("unknown").build());
      }

      assertThat(harness.partsKept()).isZero();
    }
  }

  /** A second learning job of one epoch; and what learners of a job that stands by share. */
  @Test
  void modelsOfAJobWhoseEpochAnotherHoldsAreRefusedAlsoAfterARestart() throws Exception {
    WriterClaim first = claim(100);
    WriterClaim second = claim(200);
    OperatorSubtaskState snapshot;
    try (Harness harness = new Harness(null)) {
      harness.update(
          RankUpdate.newBuilder()
              .setControl(Control.newBuilder().setCreatedMillis(START).setWriterClaim(first))
              .build());
      snapshot = harness.snapshot();
    }
    try (Harness harness = new Harness(snapshot)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part.toBuilder().setWriter(second).build());
        harness.model(part.toBuilder().setWriter(first).setStandby(true).build());
      }
      assertThat(harness.partsKept()).isZero();

      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part.toBuilder().setWriter(first).build());
      }
      assertThat(harness.partsKept()).isPositive();
    }
  }

  private static WriterClaim claim(long startedMillis) {
    WriterRun run = WriterRun.newBuilder().setStartedMillis(startedMillis).setId(1).build();
    return WriterClaim.newBuilder().setOrigin(run).setRun(run).build();
  }

  /** Also of a policy that the job in charge has published nothing of, and after a restart. */
  @Test
  void modelsOfAJobThatIsNoLongerInChargeAreRefused() throws Exception {
    OperatorSubtaskState snapshot;
    try (Harness harness = new Harness(null)) {
      harness.inCharge(1);
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      harness.rank(requested("front", "d1"));
      snapshot = harness.snapshot();

      assertThat(harness.partsKept()).isZero();
      assertThat(harness.decisions().get(0).getModelVersion()).isZero();
    }
    try (Harness harness = new Harness(snapshot)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      assertThat(harness.partsKept()).isZero();

      long version = ModelVersions.at(1, 5);
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part.toBuilder().setVersion(version).build());
      }
      harness.rank(requested("front", "d2"));
      assertThat(harness.decisions().get(0).getModelVersion()).isEqualTo(version);
    }
  }

  @Test
  void candidateAnswersAsSoonAsControlSaysSoAndAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (Harness harness = new Harness(null)) {
      harness.control(1, surface -> surface.addPolicies(candidate()));
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part.toBuilder().setPolicy("candidate").build());
      }
      harness.rank(requested("front", "d1"));
      harness.control(2, surface -> surface.addPolicies(candidate()).setLivePolicy("candidate"));
      harness.rank(requested("front", "d2"));
      snapshot = harness.snapshot();

      assertThat(harness.decisions().get(0).getPolicy()).isEqualTo("learned");
      assertThat(harness.decisions().get(0).getModelVersion()).isZero();
      assertThat(harness.decisions().get(1).getPolicy()).isEqualTo("candidate");
      assertThat(harness.decisions().get(1).getModelVersion()).isEqualTo(77);
      assertThat(harness.decisions().get(1).getProbabilities(1)).isGreaterThan(0.8);
    }
    try (Harness harness = new Harness(snapshot)) {
      harness.rank(requested("front", "d3"));

      assertThat(harness.decisions().get(0).getPolicy()).isEqualTo("candidate");
      assertThat(harness.decisions().get(0).getModelVersion()).isEqualTo(77);
    }
  }

  @Test
  void removedPolicyIsForgotten() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      harness.control(
          1, surface -> surface.clearPolicies().addPolicies(uniform()).setLivePolicy("uniform"));
      harness.rank(requested("front", "d1"));

      assertThat(harness.partsKept()).isZero();
      assertThat(harness.decisions().get(0).getPolicy()).isEqualTo("uniform");
    }
  }

  @Test
  void floorFollowsControlAndARefusedRecordChangesNothing() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (ModelSnapshot part : modelThatLikesY()) {
        harness.model(part);
      }
      harness.control(1, surface -> surface.setExplorationFloor(1));
      harness.control(2, surface -> surface.setLivePolicy("nobody"));
      harness.rank(requested("front", "d1"));

      assertThat(harness.decisions().get(0).getProbabilitiesList()).containsExactly(0.5, 0.5);
      assertThat(harness.decisions().get(0).getModelVersion()).isEqualTo(77);
    }
  }

  @Test
  void theCataloguesItemsAreRankedWithAlsoAfterARestartAndUntilTheyAreTakenOut() throws Exception {
    Item item =
        Item.newBuilder()
            .setSurface("front")
            .setItemId("a")
            .setUpdatedMillis(START)
            .addAttributes(Namespace.newBuilder().setName("product"))
            .build();
    OperatorSubtaskState snapshot;
    try (Harness before = new Harness(null)) {
      before.update(RankUpdate.newBuilder().setItem(item).build());
      snapshot = before.snapshot();
    }
    try (Harness harness = new Harness(snapshot)) {
      harness.rank(pushed("front", "u", "i1"));
      harness.update(
          RankUpdate.newBuilder().setItem(item.toBuilder().clearUpdatedMillis()).build());
      harness.rank(pushed("front", "v", "i2"));

      assertThat(harness.decisions().get(0).getActions(0).getNamespacesList())
          .containsExactlyElementsOf(item.getAttributesList());
      assertThat(harness.decisions().get(1).getActions(0).getNamespacesList()).isEmpty();
    }
  }

  private static PolicyConfig candidate() {
    return PolicyConfig.newBuilder()
        .setName("candidate")
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(SessionFixture.LEARNER))
        .build();
  }

  private static PolicyConfig uniform() {
    return PolicyConfig.newBuilder()
        .setName("uniform")
        .setUniform(UniformPolicy.getDefaultInstance())
        .build();
  }

  @Test
  void whatCannotBeRankedIsADeadLetterAndTheNextIsRanked() throws Exception {
    try (Harness harness = new Harness(null)) {
      RankTask task = requested("quiet", "d1");
      harness.rank(
          task.toBuilder().setRequest(task.getRequest().toBuilder().clearActions()).build());
      harness.rank(task);

      DeadLetter letter = harness.letters().get(0);
      assertThat(letter.getTopic()).isEqualTo("rank-requests");
      assertThat(letter.getReason()).isEqualTo(RejectReason.REJECT_REASON_INVALID);
      assertThat(letter.getDetail()).startsWith("actions");
      assertThat(harness.rankings()).hasSize(1);
      assertThat(harness.count("quiet", RankFunction.REQUEST_REJECTED)).isEqualTo(1);
      assertThat(harness.count("quiet", RankFunction.ANSWERED)).isEqualTo(1);
    }
  }

  private static RankTask pushed(String surface, String user, String interactionId) {
    Interaction interaction = click(surface, user, interactionId, START);
    Session session = new SessionFold(SessionSettings.DEFAULT).fold(null, interaction).session();
    return PushedRanking.of(session, interaction);
  }

  private static RankTask requested(String surface, String decisionId) {
    return RankTask.newBuilder()
        .setRequest(request(surface, "u", decisionId))
        .setTimeMillis(START)
        .build();
  }

  /** Learned on the actions of {@link SessionFixture#request}. */
  private static List<ModelSnapshot> modelThatLikesY() throws Exception {
    Namespace context =
        Namespace.newBuilder()
            .setName("context")
            .addFeatures(
                Feature.newBuilder()
                    .setName("any")
                    .setValue(FeatureValue.newBuilder().setNumber(1)))
            .build();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(SessionFixture.LEARNER, null)) {
      for (int i = 0; i < 100; i++) {
        Example example =
            new Example(List.of(context), List.of(), request("front", "u", "d").getActionsList());
        learner.learn(example, i % 2, i % 2 == 0 ? 0 : -1, 0.5);
      }
      return ModelParts.split(
          new ServableModel(
              "front",
              "learned",
              77,
              ByteString.copyFrom(learner.modelBytes()),
              SessionFixture.LEARNER,
              100,
              START,
              0,
              START));
    }
  }

  private static final class Harness implements AutoCloseable {
    private final RankFunction function = new RankFunction(SessionFixture.surfaces());
    private final CoBroadcastWithKeyedOperator<String, RankTask, RankUpdate, WatchRankingsResponse>
        operator =
            new CoBroadcastWithKeyedOperator<>(
                function,
                List.of(
                    RankFunction.MODEL_PARTS,
                    RankFunction.CONTROL,
                    RankFunction.CATALOGUE_ITEMS,
                    RankFunction.CATALOGUE_STATISTICS));
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, RankTask, RankUpdate, WatchRankingsResponse>
        harness;

    Harness(@Nullable OperatorSubtaskState snapshot) throws Exception {
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              operator, task -> task.getRequest().getUserId(), null, Types.STRING);
      harness.setup(
          ProtoTypeInformation.forMessage(WatchRankingsResponse.class)
              .createSerializer(new ExecutionConfig().getSerializerConfig()));
      if (snapshot != null) {
        harness.initializeState(snapshot);
      }
      harness.open();
      harness.setProcessingTime(NOW);
    }

    void rank(RankTask task) throws Exception {
      harness.processElement1(task, task.getTimeMillis());
    }

    void model(ModelSnapshot part) throws Exception {
      update(RankUpdate.newBuilder().setModel(part).build());
    }

    void update(RankUpdate update) throws Exception {
      harness.processElement2(update, START);
    }

    void inCharge(long epoch) throws Exception {
      update(
          RankUpdate.newBuilder()
              .setControl(
                  Control.newBuilder()
                      .setCreatedMillis(START)
                      .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch)))
              .build());
    }

    /** Surface front as the file has it, and changed. */
    void control(long createdMillis, UnaryOperator<SurfaceConfig.Builder> change) throws Exception {
      SurfaceConfig file = SessionFixture.surfaces().all().get(0).config();
      Control control =
          Control.newBuilder()
              .setCreatedMillis(createdMillis)
              .setSurface(change.apply(file.toBuilder()))
              .setFileFingerprint(SurfaceControl.fingerprint(file))
              .build();
      harness.processElement2(RankUpdate.newBuilder().setControl(control).build(), START);
    }

    List<WatchRankingsResponse> rankings() {
      return harness.extractOutputValues();
    }

    List<Decision> decisions() {
      return side(RankFunction.DECISIONS);
    }

    List<DeadLetter> letters() {
      return side(DeadLetters.TAG);
    }

    private <T> List<T> side(OutputTag<T> tag) {
      var output = harness.getSideOutput(tag);
      return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
    }

    long partsKept() throws Exception {
      long kept = 0;
      for (var entry :
          operator
              .getOperatorStateBackend()
              .getBroadcastState(RankFunction.MODEL_PARTS)
              .immutableEntries()) {
        kept += entry.getValue().getParts();
      }
      return kept;
    }

    long count(String surface, String name) {
      return function.count(surface, name);
    }

    OperatorSubtaskState snapshot() throws Exception {
      return harness.snapshot(1, 1);
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
