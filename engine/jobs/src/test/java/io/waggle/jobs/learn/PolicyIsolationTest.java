package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A policy that fails is stopped; the job and the other policies go on. */
final class PolicyIsolationTest {
  private static final String OTHER = TestSurfaces.ARGUMENTS + " --power_t 0";

  private final Surfaces surfaces = TestSurfaces.named("home");
  private final Controls controls = new Controls(surfaces.all().get(0));
  private LearnSubtask learn;

  @BeforeEach
  void start() throws Exception {
    learn = new LearnSubtask(surfaces, CountingLearner::open);
    learn.control(controls.add(Controls.learner("second", OTHER)));
  }

  @AfterEach
  void stop() throws Exception {
    learn.close();
  }

  @Test
  void threeFailuresInARowStopALearnerAndItIsNeverPublishedAgain() throws Exception {
    feed("context", 2);
    feed(CountingLearner.BROKEN, PolicyHealth.FAILURES);
    feed("context", 2);
    learn.clock(60_000);

    PolicyEvaluation stopped = learn.evaluation("learner");
    assertThat(stopped.getCondition()).isEqualTo(PolicyCondition.POLICY_CONDITION_STOPPED);
    assertThat(stopped.getConditionDetail())
        .isEqualTo("3 failures in a row, the last: context: broken");
    assertThat(stopped.getEventsLearned()).isEqualTo(2);
    assertThat(stopped.getRejected()).isEqualTo(3);
    assertThat(learn.models()).isEmpty();
    assertThat(learn.evaluation("uniform").getCount()).isEqualTo(7);
    assertThat(learn.evaluation("uniform").getCondition())
        .isEqualTo(PolicyCondition.POLICY_CONDITION_UNSPECIFIED);
  }

  @Test
  void failuresThatAreNotInARowDoNotStopALearner() throws Exception {
    for (int i = 0; i < 10; i++) {
      feed(CountingLearner.BROKEN, PolicyHealth.FAILURES - 1);
      feed("context", 1);
    }

    assertThat(state("learner").getStopped()).isEmpty();
    assertThat(state("learner").getEventsLearned()).isEqualTo(10);
  }

  @Test
  void refusedExamplesNeverStopALearner() throws Exception {
    feed(CountingLearner.REFUSED, 10);
    feed("context", 1);

    assertThat(state("learner").getStopped()).isEmpty();
    assertThat(state("learner").getRejected()).isEqualTo(10);
    assertThat(state("learner").getEventsLearned()).isEqualTo(1);
  }

  @Test
  void probabilityThatIsNotANumberStopsALearnerAtOnce() throws Exception {
    feed(CountingLearner.NOT_A_NUMBER, 1);

    assertThat(state("learner").getStopped()).isEqualTo("predicted a probability of NaN");
    assertThat(state("learner").getEventsLearned()).isZero();
    assertThat(state("learner").getEvaluator().getCount()).isZero();
    assertThat(state("uniform").getEvaluator().getCount()).isEqualTo(1);
  }

  @Test
  void lossThatIsNotFiniteStopsALearnerAtOnce() throws Exception {
    JoinedDecision.Builder unbounded = joined("home", "d", 0, 1).toBuilder();
    unbounded.setReward(-Double.MAX_VALUE);
    learn.feed(unbounded.build());

    assertThat(state("learner").getStopped()).isEqualTo("its loss is Infinity");
  }

  @Test
  void learnerThatDoesNotTakeItsCommandLineIsStoppedFromTheStart() throws Exception {
    learn.control(controls.change("second", OTHER + " " + CountingLearner.BAD_OPTION));
    feed("context", 1);

    assertThat(learn.evaluation("second").getCondition())
        .isEqualTo(PolicyCondition.POLICY_CONDITION_STOPPED);
    assertThat(learn.evaluation("second").getConditionDetail())
        .startsWith("does not start: arguments: -l 77");
    assertThat(state("learner").getEventsLearned()).isEqualTo(1);
  }

  @Test
  void stoppedStaysStoppedAfterARestartAndAnotherCommandLineStartsAnew() throws Exception {
    feed("context", 2);
    learn.clock(60_000);
    feed(CountingLearner.BROKEN, PolicyHealth.FAILURES);
    learn = learn.restarted();
    feed("context", 2);
    assertThat(state("learner").getStopped()).isNotEmpty();
    assertThat(state("learner").getModel().isEmpty()).isTrue();

    learn.control(controls.change("learner", OTHER));
    feed("context", 2);
    learn.clock(120_000);

    assertThat(learn.evaluation("learner").getCondition())
        .isEqualTo(PolicyCondition.POLICY_CONDITION_UNSPECIFIED);
    assertThat(learn.evaluation("learner").getEventsLearned()).isEqualTo(2);
    assertThat(learn.models().get(0).getParentVersion()).isPositive();
  }

  private void feed(String context, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      JoinedDecision.Builder joined = joined("home", "d", 1, 1).toBuilder();
      joined.getDecisionBuilder().getContextBuilder(0).setName(context);
      learn.feed(joined.build());
    }
  }

  private PolicyState state(String policy) {
    return learn.policyStates().stream()
        .filter(each -> each.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }
}
