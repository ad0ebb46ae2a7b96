package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies that learn the past before they run. */
final class WarmUpTest {
  private final Surfaces surfaces = TestSurfaces.named("home");
  private final Controls controls = new Controls(surfaces.all().get(0));
  private final LoggedExamples log = new LoggedExamples();
  private final Random random = new Random(7);
  private LearnSubtask learn;
  private int logged;
  private int decisions;

  @BeforeEach
  void start() throws Exception {
    learn = new LearnSubtask(surfaces, VowpalWabbitLearner::open, log);
  }

  @AfterEach
  void stop() throws Exception {
    learn.close();
  }

  /** Past, live while it warms up, and after: as if it had been there from the first decision. */
  @Test
  void warmedPolicyKnowsWhatItWouldHadItBeenThereFromTheFirstDecision() throws Exception {
    feed(100);
    toLog();
    learn.control(controls.add(warm("candidate", 3600)));
    assertThat(condition()).isEqualTo(PolicyCondition.POLICY_CONDITION_WARMING);
    log.awaitRead();
    feed(50);

    assertThat(state("candidate").getWarming()).isFalse();
    assertSame();
    assertThat(state("candidate").getEventsLearned()).isEqualTo(150);
    assertThat(state("candidate").getEvaluator().getCount()).isEqualTo(50);
  }

  @Test
  void whatIsLearnedLiveWhileThePolicyWarmsUpIsNeitherLeftOutNorLearnedTwice() throws Exception {
    feed(40);
    // The sink is behind: the log ends at 40, then at 65, while 70 have been learned.
    toLog();
    feed(20);
    learn.control(controls.add(warm("candidate", 3600)));
    log.awaitRead();
    feed(10);
    assertThat(state("candidate").getWarming()).isTrue();
    toLog(25);
    log.awaitRead();
    feed(30);

    assertThat(state("candidate").getWarming()).isFalse();
    assertSame();
  }

  @Test
  void warmingPolicyIsNeitherEvaluatedNorPublished() throws Exception {
    feed(40);
    toLog();
    feed(1);
    learn.control(controls.add(warm("candidate", 3600)));
    log.awaitRead();
    feed(10);
    learn.clock(60_000);
    learn.clock(61_000);

    PolicyEvaluation evaluation = learn.evaluation("candidate");
    assertThat(evaluation.getCondition()).isEqualTo(PolicyCondition.POLICY_CONDITION_WARMING);
    assertThat(evaluation.getConditionDetail()).startsWith("100 % of 40 examples");
    assertThat(evaluation.getCount()).isZero();
    assertThat(learn.models()).extracting(ModelSnapshot::getPolicy).doesNotContain("candidate");
    assertThat(state("candidate").getModel().isEmpty()).isTrue();
  }

  @Test
  void moreLiveExamplesThanAreHeldAreReadFromTheLog() throws Exception {
    feed(10);
    learn.control(controls.add(warm("candidate", 3600)));
    feed(SurfaceWarmUps.RECENT + 100);
    toLog();
    log.awaitRead();
    feed(10);

    assertSame();
    assertThat(state("candidate").getEventsLearned()).isEqualTo(SurfaceWarmUps.RECENT + 120);
  }

  @Test
  void onlyTheTimeAskedForIsLearned() throws Exception {
    feed(30);
    learn.clock(100_000);
    feed(20);
    toLog();
    learn.control(controls.add(warm("candidate", 50)));
    log.awaitRead();
    feed(1);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(21);
  }

  @Test
  void policyBeginsWithWhatThereIsWhereTheLogEndsEarly() throws Exception {
    feed(30);
    log.exhaust();
    learn.control(controls.add(warm("candidate", 3600)));
    log.awaitRead();
    learn.clock(60_000);
    feed(1);
    learn.clock(120_000);
    feed(1);

    assertThat(state("candidate").getWarming()).isFalse();
    assertThat(state("candidate").getEventsLearned()).isBetween(1L, 2L);
  }

  @Test
  void warmUpBeginsAgainAfterARestartAndForgetsWhatTheOldAttemptLearnedInVain() throws Exception {
    feed(40);
    toLog();
    feed(1);
    learn.control(controls.add(warm("candidate", 3600)));
    log.awaitRead();
    var checkpoint = learn.harness.snapshot(1, 1);
    feed(7);
    toLog();
    learn.close();
    learn = new LearnSubtask(surfaces, VowpalWabbitLearner::open, log, 1, 0, checkpoint, 0);
    logged = 0;
    assertThat(state("candidate").getWarming()).isTrue();
    // Other decisions than those that the lost attempt had taken.
    feed(5);
    log.awaitRead();
    toLog();
    log.awaitRead();
    feed(5);

    assertThat(state("candidate").getWarming()).isFalse();
    assertThat(state("candidate").getEventsLearned()).isEqualTo(51);
    assertSame();
  }

  @Test
  void removedPolicyStopsWarmingUp() throws Exception {
    feed(10);
    toLog();
    feed(1);
    learn.control(controls.add(warm("candidate", 3600)));
    log.awaitRead();
    learn.control(controls.remove("candidate"));
    feed(1);

    assertThat(learn.policyStates()).hasSize(3);
  }

  @Test
  void logThatCannotBeReadStopsThePolicyWithTheReason() throws Exception {
    feed(10);
    toLog();
    log.failOnce("no broker");
    learn.control(controls.add(warm("candidate", 3600)));
    // They warm up one after the other: when the second has read, the first has failed.
    learn.control(controls.add(warm("second", 3600)));
    log.awaitRead();
    feed(1);

    assertThat(state("candidate").getStopped()).isEqualTo("warm-up: no broker");
    assertThat(state("second").getEventsLearned()).isEqualTo(11);
  }

  @Test
  void policyOfAFreshSurfaceHasNothingToWarmUpWith() throws Exception {
    learn.control(controls.add(warm("candidate", 3600)));
    feed(3);

    assertThat(state("candidate").getEventsLearned()).isEqualTo(3);
  }

  private static PolicyConfig warm(String name, long seconds) {
    return Controls.learner(name, TestSurfaces.ARGUMENTS).toBuilder()
        .setWarmUp(Duration.newBuilder().setSeconds(seconds))
        .build();
  }

  /** The surface's first learner has the same command line and has been there all the time. */
  private void assertSame() throws Exception {
    assertThat(state("candidate").getModel()).isEqualTo(state("learner").getModel());
    assertThat(state("candidate").getEventsLearned())
        .isEqualTo(state("learner").getEventsLearned());
    assertThat(state("candidate").getLossSum()).isEqualTo(state("learner").getLossSum());
  }

  private void feed(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      JoinedDecision next =
          joined("home", "d" + decisions++, random.nextInt(3), random.nextInt(-8, 9) / 8.0);
      learn.feed(next);
    }
  }

  /** What was learned so far arrives in the log. */
  private void toLog() {
    toLog(learn.examples().size() - logged);
  }

  private void toLog(int count) {
    log.add(List.copyOf(learn.examples().subList(logged, logged + count)));
    logged += count;
  }

  private PolicyCondition condition() {
    return learn.evaluation("candidate").getCondition();
  }

  private PolicyState state(String policy) {
    return learn.policyStates().stream()
        .filter(each -> each.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }
}
