package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.FeatureSet;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A policy that is put back to an earlier version while its surface learns. */
final class RollbackTest {
  private final Surfaces surfaces = TestSurfaces.named("home");
  private LearnSubtask learn;
  private long createdMillis = LearnSubtask.START;
  private int decisions;

  @BeforeEach
  void start() throws Exception {
    learn = new LearnSubtask(surfaces, CountingLearner::open);
  }

  @AfterEach
  void stop() throws Exception {
    learn.close();
  }

  @Test
  void theVersionIsPublishedAgainAtOnceAndKept() throws Exception {
    ServableModel old = versionAfter(3);
    versionAfter(4);

    learn.control(to(old, "ann"));

    ServableModel again = newest(learn.models());
    assertThat(again.version()).isGreaterThan(old.version());
    assertThat(again.bytes()).isEqualTo(old.bytes());
    assertThat(again.eventsLearned()).isEqualTo(3);
    assertThat(again.parentVersion()).isEqualTo(old.version());
    assertThat(again.lineage().getCause()).isEqualTo(ModelCause.MODEL_CAUSE_ROLLED_BACK);
    assertThat(again.lineage().getCauseDetail()).isEqualTo("ann");
    assertThat(again.lineage().getParentVersion()).isEqualTo(old.version());
    assertThat(again.lineage().getBaseVersion()).isEqualTo(old.version());
    assertThat(again.lineage().getExamplesList()).isEmpty();
    assertThat(newest(learn.versions())).isEqualTo(again);
    assertThat(learn.evaluation("learner").getEventsLearned()).isEqualTo(3);
  }

  /** What learning does next: it goes on from the old weights with the next decision. */
  @Test
  void learningGoesOnFromTheOldWeightsAsIfNothingHadBeenLearnedSince() throws Exception {
    List<JoinedDecision> before = decisions(1, 100);
    List<JoinedDecision> lost = decisions(2, 150);
    List<JoinedDecision> after = decisions(3, 100);
    try (LearnSubtask rolledBack = new LearnSubtask(surfaces, VowpalWabbitLearner::open);
        LearnSubtask neverLearned = new LearnSubtask(surfaces, VowpalWabbitLearner::open)) {
      feed(rolledBack, before);
      rolledBack.clock(60_000);
      ServableModel old = newest(rolledBack.models());
      feed(rolledBack, lost);
      rolledBack.control(to(old, "ann"));
      feed(rolledBack, after);
      feed(neverLearned, before);
      feed(neverLearned, after);

      PolicyState state = state(rolledBack, "learner");
      assertThat(state.getModel()).isEqualTo(state(neverLearned, "learner").getModel());
      assertThat(state.getEventsLearned()).isEqualTo(200);
      assertThat(state.getLossSum())
          .isCloseTo(
              state(neverLearned, "learner").getLossSum(),
              org.assertj.core.api.Assertions.within(1e-9));
      // The shadow value is of what was predicted, with whatever was known then.
      assertThat(state.getEvaluator().getCount()).isEqualTo(350);
    }
  }

  @Test
  void theSameOrderIsDoneOnceAlsoAfterARestart() throws Exception {
    ServableModel old = versionAfter(3);
    Control order = to(old, "ann");
    learn.control(order);
    versionAfter(2);
    learn.control(order);
    assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(5);

    learn = learn.restarted();
    learn.control(order);
    feed(1);

    assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(6);
    learn.control(to(old, "bob"));
    assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(3);
  }

  @Test
  void aVersionThatCannotBeGoneBackToIsADeadLetterAndChangesNothing() throws Exception {
    ServableModel old = versionAfter(3);
    feed(1);
    Control good = to(old, "ann");

    refuse(changed(good, rollback -> rollback.clearModel().setProblem("not in the registry")));
    refuse(changed(good, rollback -> rollback.getLineageBuilder().setArguments("--other")));
    refuse(
        changed(
            good, rollback -> rollback.getLineageBuilder().setFeatureSet(FeatureSet.VERSION + 1)));
    refuse(changed(good, rollback -> rollback.setModel(ByteString.copyFrom(new byte[8]))));
    refuse(changed(good, rollback -> rollback.setPolicy("nobody")));
    refuse(changed(good, rollback -> rollback.setSurface("nowhere")));

    assertThat(learn.deadLetters())
        .extracting(DeadLetter::getDetail)
        .containsExactly(
            "rollback.version: not in the registry",
            "rollback.version.arguments: --other (expected: "
                + TestSurfaces.ARGUMENTS
                + ", the policy's own)",
            "rollback.version.feature_set: %d (expected: %d, the policy's own)"
                .formatted(FeatureSet.VERSION + 1, FeatureSet.VERSION),
            learn.deadLetters().get(3).getDetail(),
            "rollback.policy: nobody (expected: a policy of surface home)",
            "rollback.surface: nowhere (expected: a surface that has a file)");
    assertThat(learn.deadLetters().get(3).getDetail()).startsWith("rollback.version.checksum");
    DeadLetter letter = learn.deadLetters().get(0);
    assertThat(letter.getTopic()).isEqualTo("control");
    assertThat(letter.getKey().toStringUtf8()).isEqualTo("rollback/home/learner");
    assertThat(Control.parseFrom(letter.getValue()).getRollback().getProblem()).isEmpty();
    assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(4);
  }

  @Test
  void aStoppedPolicyRunsAgain() throws Exception {
    ServableModel old = versionAfter(3);
    learn.feed(broken(CountingLearner.NOT_A_NUMBER));
    learn.clock(120_000);
    assertThat(learn.evaluation("learner").getCondition())
        .isEqualTo(PolicyCondition.POLICY_CONDITION_STOPPED);

    learn.control(to(old, "ann"));
    feed(1);
    learn.clock(180_000);

    assertThat(learn.evaluation("learner").getCondition())
        .isEqualTo(PolicyCondition.POLICY_CONDITION_UNSPECIFIED);
    assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(4);
  }

  private interface Change {
    Object apply(ModelRollback.Builder rollback);
  }

  private Control changed(Control order, Change change) {
    createdMillis++;
    Control.Builder changed = order.toBuilder().setCreatedMillis(createdMillis);
    change.apply(changed.getRollbackBuilder());
    return changed.build();
  }

  private void refuse(Control order) throws Exception {
    int letters = learn.deadLetters().size();
    int models = learn.models().size();
    learn.control(order);
    assertThat(learn.deadLetters()).hasSize(letters + 1);
    assertThat(learn.models()).hasSize(models);
  }

  private Control to(ServableModel version, String author) {
    createdMillis++;
    return Control.newBuilder()
        .setCreatedMillis(createdMillis)
        .setAuthor(author)
        .setRollback(
            ModelRollback.newBuilder()
                .setSurface("home")
                .setPolicy("learner")
                .setVersion(version.version())
                .setModel(version.bytes())
                .setLineage(version.lineage()))
        .build();
  }

  private long nowMillis;

  /** Learns so many decisions and publishes. */
  private ServableModel versionAfter(int count) throws Exception {
    feed(count);
    nowMillis += 30_000;
    learn.clock(nowMillis);
    ServableModel newest = newest(learn.models());
    ModelLineage lineage = newest.lineage();
    assertThat(lineage.getVersion()).isEqualTo(newest.version());
    assertThat(lineage.getModelBytes()).isEqualTo(newest.bytes().size());
    return newest;
  }

  private void feed(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      learn.feed(joined("home", "d" + decisions++, 1, 1));
    }
  }

  private static void feed(LearnSubtask subtask, List<JoinedDecision> joined) throws Exception {
    for (JoinedDecision each : joined) {
      subtask.feed(each);
    }
  }

  private static List<JoinedDecision> decisions(long seed, int count) {
    Random random = new Random(seed);
    List<JoinedDecision> joined = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      joined.add(
          joined("home", "d" + seed + "-" + i, random.nextInt(3), random.nextInt(-8, 9) / 8.0));
    }
    return joined;
  }

  private static JoinedDecision broken(String namespace) {
    JoinedDecision.Builder joined = joined("home", "broken", 1, 1).toBuilder();
    joined.getDecisionBuilder().getContextBuilder(0).setName(namespace);
    return joined.build();
  }

  private static ServableModel newest(List<ModelSnapshot> parts) {
    ModelAssembler assembler = ModelChanges.assembler();
    return parts.stream()
        .filter(part -> part.getPolicy().equals("learner"))
        .map(assembler::offer)
        .flatMap(Optional::stream)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static PolicyState state(LearnSubtask subtask, String policy) {
    return subtask.policyStates().stream()
        .filter(each -> each.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }
}
