package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static io.waggle.jobs.learn.Controls.learner;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.Control;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.RejectReason;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies that come, change, pause and go by control records while a surface learns. */
final class PolicyLifeCycleTest {
  private static final String OTHER = TestSurfaces.ARGUMENTS + " --power_t 0";

  private final Surfaces surfaces = TestSurfaces.named("home");
  private final Controls controls = new Controls(surfaces.all().get(0));
  private LearnSubtask learn;
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
  void addedPolicyLearnsFromTheNextDecisionAndIsPublished() throws Exception {
    feed(3);
    learn.control(controls.add(learner("candidate", OTHER)));
    feed(2);
    learn.clock(60_000);
    learn.clock(61_000);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(2);
    assertThat(state("learner").getEventsLearned()).isEqualTo(5);
    assertThat(learn.evaluation("candidate").getCount()).isEqualTo(2);
    assertThat(learn.models()).extracting(ModelSnapshot::getPolicy).contains("candidate");
  }

  @Test
  void changedCommandLineBeginsAnewAndItsVersionsGoOn() throws Exception {
    feed(3);
    learn.clock(1_000);
    learn.control(controls.change("learner", OTHER));
    feed(1);
    learn.clock(60_000);

    ModelSnapshot newest = learn.models().get(learn.models().size() - 1);
    assertThat(newest.getArguments()).isEqualTo(OTHER);
    assertThat(newest.getEventsLearned()).isEqualTo(1);
    assertThat(newest.getVersion()).isGreaterThan(learn.models().get(0).getVersion());
    assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
    assertThat(learn.evaluation("uniform").getCount()).isEqualTo(4);
  }

  @Test
  void changeThatKeepsTheCommandLineGoesOn() throws Exception {
    feed(3);
    learn.control(controls.live("uniform"));
    feed(1);

    assertThat(state("learner").getEventsLearned()).isEqualTo(4);
  }

  @Test
  void pausedPolicyNeitherPredictsNorLearnsUntilItIsResumed() throws Exception {
    learn.control(controls.live("uniform"));
    feed(3);
    learn.control(controls.pause("learner", true));
    assertThat(condition("learner")).isEqualTo(PolicyCondition.POLICY_CONDITION_PAUSED);
    feed(4);
    learn = learn.restarted();
    feed(4);
    assertThat(state("learner").getEventsLearned()).isEqualTo(3);

    learn.control(controls.pause("learner", false));
    feed(2);
    learn.clock(60_000);

    assertThat(condition("learner")).isEqualTo(PolicyCondition.POLICY_CONDITION_UNSPECIFIED);
    assertThat(learn.evaluation("learner").getEventsLearned()).isEqualTo(5);
    assertThat(learn.evaluation("learner").getCount()).isEqualTo(5);
    assertThat(learn.evaluation("uniform").getCount()).isEqualTo(13);
  }

  @Test
  void removedPolicyLeavesTombstonesAndNoState() throws Exception {
    learn.control(controls.add(learner("candidate", OTHER)));
    feed(2);
    learn.clock(60_000);
    learn.clock(61_000);
    learn.control(controls.remove("candidate"));
    feed(1);
    learn.clock(120_000);

    List<ModelSnapshot> models = candidate(learn.models());
    assertThat(ModelParts.isTombstone(models.get(models.size() - 1))).isTrue();
    assertThat(models.get(models.size() - 1).getPart()).isZero();
    // Of the full version's part and of the change's.
    assertThat(models.stream().filter(ModelParts::isTombstone))
        .extracting(part -> part.getBaseVersion() == 0)
        .containsExactly(true, false);
    PolicyEvaluation last = learn.evaluation("candidate");
    assertThat(LearnFunction.isTombstone(last)).isTrue();
    assertThat(last.getSegment()).isEqualTo("all");
    assertThat(learn.policyStates())
        .extracting(PolicyState::getPolicy)
        .containsExactly("learner", "uniform", "baseline");
  }

  private static List<ModelSnapshot> candidate(List<ModelSnapshot> models) {
    return models.stream().filter(part -> part.getPolicy().equals("candidate")).toList();
  }

  @Test
  void policyRemovedFromTheFileLeavesTombstonesWithTheNextDecision() throws Exception {
    feed(2);
    learn.clock(60_000);
    Surface changed =
        Surface.of(
            surfaces.all().get(0).config().toBuilder()
                .removePolicies(0)
                .setLivePolicy("uniform")
                .build());
    learn = learn.restarted(new Surfaces(List.of(changed)));
    // A restart before that does not forget it.
    learn = learn.restarted();
    feed(1);

    assertThat(learn.models()).hasSize(2).allMatch(ModelParts::isTombstone);
    assertThat(learn.evaluation("learner").getUpdatedMillis()).isZero();
  }

  @Test
  void controlSurvivesARestartAndIsNotAppliedTwice() throws Exception {
    Control added = controls.add(learner("candidate", OTHER));
    learn.control(added);
    feed(2);
    learn = learn.restarted();
    learn.control(added);
    feed(1);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(3);
  }

  @Test
  void olderRecordChangesNothing() throws Exception {
    Control older = controls.record();
    learn.control(controls.add(learner("candidate", OTHER)));
    learn.control(older);
    feed(1);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(1);
  }

  @Test
  void recordBasedOnAnotherFileIsADeadLetterAndCountsOnceThatFileIsTheJobs() throws Exception {
    Surface edited = Surface.of(surfaces.all().get(0).config().toBuilder().setAlpha(0.2).build());
    Control added = new Controls(edited).add(learner("candidate", OTHER));
    learn.control(added);
    feed(1);
    assertThat(learn.deadLetters().get(0).getDetail()).startsWith("file_fingerprint");
    assertThat(learn.policyStates()).hasSize(3);

    learn = learn.restarted(new Surfaces(List.of(edited)));
    feed(1);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(1);
  }

  @Test
  void refusedRecordIsADeadLetterWithItsRuleAndChangesNothing() throws Exception {
    learn.control(controls.live("nobody"));
    feed(1);

    assertThat(learn.deadLetters()).hasSize(1);
    assertThat(learn.deadLetters().get(0).getTopic()).isEqualTo("control");
    assertThat(learn.deadLetters().get(0).getKey().toStringUtf8()).isEqualTo("surface/home");
    assertThat(learn.deadLetters().get(0).getReason())
        .isEqualTo(RejectReason.REJECT_REASON_INVALID);
    assertThat(learn.deadLetters().get(0).getDetail()).startsWith("live_policy: nobody");
    assertThat(state("learner").getEventsLearned()).isEqualTo(1);
  }

  /** Vowpal Wabbit's bytes, not only what it predicts. */
  @Test
  void othersNoticeNothing() throws Exception {
    try (LearnSubtask disturbed = new LearnSubtask(surfaces, VowpalWabbitLearner::open);
        LearnSubtask undisturbed = new LearnSubtask(surfaces, VowpalWabbitLearner::open)) {
      Random random = new Random(1);
      for (int i = 0; i < 300; i++) {
        JoinedDecision next =
            joined("home", "d" + i, random.nextInt(3), random.nextInt(-8, 9) / 8.0);
        if (i == 50) {
          disturbed.control(controls.add(learner("candidate", OTHER)));
        }
        if (i == 100) {
          disturbed.control(controls.pause("candidate", true));
        }
        if (i == 150) {
          disturbed.control(controls.pause("candidate", false));
        }
        if (i == 200) {
          disturbed.control(controls.change("candidate", TestSurfaces.ARGUMENTS));
        }
        if (i == 250) {
          disturbed.control(controls.remove("candidate"));
        }
        disturbed.feed(next);
        undisturbed.feed(next);
      }

      assertThat(disturbed.policyStates()).isEqualTo(undisturbed.policyStates());
    }
  }

  @Test
  void changedFloorStartsTheEvaluationAnewAndLearningGoesOn() throws Exception {
    feed(3);
    Control floor = controls.record();
    Control.Builder lower = floor.toBuilder();
    lower.getSurfaceBuilder().setExplorationFloor(0.05);
    learn.control(lower.build());
    feed(2);
    learn.clock(60_000);

    // The floor is part of what is evaluated: its evaluation begins anew, its learning goes on.
    assertThat(learn.evaluation("learner").getCount()).isEqualTo(2);
    assertThat(learn.evaluation("learner").getEventsLearned()).isEqualTo(5);
  }

  private void feed(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      learn.feed(joined("home", "d" + decisions++, 1, 1));
    }
  }

  private PolicyState state(String policy) {
    return learn.policyStates().stream()
        .filter(each -> each.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  private PolicyCondition condition(String policy) {
    return learn.evaluation(policy).getCondition();
  }
}
