package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestRecords;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.Decision;
import io.waggle.v1.Estimate;
import io.waggle.v1.Estimator;
import io.waggle.v1.EvaluationConfig;
import io.waggle.v1.EvaluationWindow;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.SegmentConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the learner says a policy is worth: by estimator, by segment and over time. */
class LiveEvaluationTest {
  private static final int ACTIONS = 3;
  private static final String[] DEVICES = {"phone", "desk"};
  private static final long MINUTE = 60_000;

  @Test
  void everyDeclaredSegmentAndTheDecisionsOfItsOwnHaveAValue() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(surfaces("user.device"), CountingLearner::open)) {
      for (int i = 0; i < 200; i++) {
        learn.feed(joined(i, 1));
      }
      learn.clock(1_000);

      PolicyEvaluation all = learn.evaluation("uniform");
      PolicyEvaluation phone = learn.evaluation("uniform", "user.device=phone");
      PolicyEvaluation desk = learn.evaluation("uniform", "user.device=desk");
      assertThat(all.getCount()).isEqualTo(200);
      assertThat(phone.getCount() + desk.getCount()).isEqualTo(200);
      assertThat(phone.getIps() * phone.getCount() + desk.getIps() * desk.getCount())
          .isCloseTo(all.getIps() * 200, within(1e-9));
      assertThat(learn.evaluation("learner", "own").getCount()).isEqualTo(200);
      assertThat(learn.evaluations())
          .noneMatch(each -> each.getPolicy().equals("uniform") && each.getSegment().equals("own"));
    }
  }

  @Test
  void estimatesComeWithTheirEstimatorCapAndCount() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(surfaces(), CountingLearner::open)) {
      for (int i = 0; i < 400; i++) {
        learn.feed(joined(i, 1));
      }
      learn.clock(1_000);

      PolicyEvaluation all = learn.evaluation("uniform");
      assertThat(all.getEstimatesList())
          .extracting(Estimate::getEstimator)
          .containsExactly(
              Estimator.ESTIMATOR_IPS,
              Estimator.ESTIMATOR_SNIPS,
              Estimator.ESTIMATOR_DM,
              Estimator.ESTIMATOR_DR,
              Estimator.ESTIMATOR_CRESSIE_READ);
      assertThat(all.getEstimatesList()).allMatch(estimate -> estimate.getCount() == 400);
      assertThat(estimate(all, Estimator.ESTIMATOR_DR).getWeightCap()).isEqualTo(100);
      // Uniform on decisions drawn uniformly: every estimate is about the mean reward.
      double mean = all.getRewardSum() / 400;
      assertThat(all.getEstimatesList())
          .allSatisfy(estimate -> assertThat(estimate.getValue()).isCloseTo(mean, within(0.1)));
      assertThat(all.getInterval().getMethod()).isEqualTo("anytime-drifting");
      assertThat(estimate(all, Estimator.ESTIMATOR_IPS).getFixedTime().getMethod())
          .isEqualTo("fixed-time-gaussian");
      assertThat(all.hasSums()).isFalse();
    }
  }

  @Test
  void decisionsCountInTheStretchOfTimeTheyWereMadeIn() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(surfaces(), CountingLearner::open)) {
      for (int i = 0; i < 30; i++) {
        learn.feed(joined(i, 1));
      }
      learn.clock(1_000);

      List<EvaluationWindow> windows = learn.evaluation("uniform").getWindowsList();
      assertThat(windows).hasSize(3);
      assertThat(windows).allMatch(window -> window.getDecisions() == 10);
      assertThat(windows.get(1).getStartMillis() - windows.get(0).getStartMillis())
          .isEqualTo(10 * MINUTE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aRestartedLearnerGoesOnWithTheSameValues(long seed) throws Exception {
    Surfaces surfaces = surfaces("user.device");
    LearnSubtask restarted = new LearnSubtask(surfaces, CountingLearner::open);
    try (LearnSubtask undisturbed = new LearnSubtask(surfaces, CountingLearner::open)) {
      for (int i = 0; i < 120; i++) {
        undisturbed.feed(joined(i, seed));
        restarted.feed(joined(i, seed));
        if (i % 50 == 20) {
          restarted = restarted.restarted();
        }
      }
      undisturbed.clock(5_000);
      restarted.clock(5_000);

      for (String segment : List.of("all", "own", "user.device=phone", "user.device=desk")) {
        assertThat(restarted.evaluation("learner", segment))
            .isEqualTo(undisturbed.evaluation("learner", segment));
      }
      assertThat(restarted.counts("home").getRewardModel())
          .isEqualTo(undisturbed.counts("home").getRewardModel());
    } finally {
      restarted.close();
    }
  }

  /** A learner that never learns, so that only the evaluation could differ. */
  @Test
  void aDecisionInStagesIsEvaluatedAsOneThatCameComplete() throws Exception {
    Surfaces staged = surfaces(LearnWhen.LEARN_WHEN_REWARD, "user.device");
    try (LearnSubtask complete = new LearnSubtask(surfaces("user.device"), CountingLearner::open);
        LearnSubtask stages = new LearnSubtask(staged, CountingLearner::open)) {
      for (int i = 0; i < 150; i++) {
        JoinedDecision joined = joined(i, 1);
        complete.feed(joined);
        stages.feed(joined.toBuilder().setStage(JoinStage.JOIN_STAGE_SHOWN).build());
        stages.feed(closed(joined));
      }
      complete.clock(1_000);
      stages.clock(1_000);

      for (String segment : List.of("all", "user.device=phone")) {
        assertThat(stages.evaluation("uniform", segment))
            .isEqualTo(complete.evaluation("uniform", segment));
      }
    }
  }

  @Test
  void aSegmentThatIsNoLongerDeclaredLeavesTheTopic() throws Exception {
    LearnSubtask before = new LearnSubtask(surfaces("user.device"), CountingLearner::open);
    for (int i = 0; i < 10; i++) {
      before.feed(joined(i, 1));
    }
    before.clock(1_000);
    try (LearnSubtask after = before.restarted(surfaces())) {
      after.feed(joined(10, 1));
      after.clock(10_000);

      PolicyEvaluation gone = after.evaluation("uniform", "user.device=phone");
      assertThat(LearnFunction.isTombstone(gone)).isTrue();
      assertThat(after.evaluation("uniform").getCount()).isEqualTo(11);
    }
  }

  @Test
  void propensitiesThatCannotBeRightRaiseAnAlarm() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(surfaces(), CountingLearner::open)) {
      for (int i = 0; i < 2_000; i++) {
        JoinedDecision joined = joined(i, 1);
        learn.feed(
            joined.toBuilder()
                .setDecision(joined.getDecision().toBuilder().setPropensity(1))
                .build());
      }
      learn.clock(1_000);

      assertThat(learn.evaluation("uniform").getAlarm())
          .endsWith("(expected: 1): propensities are logged too large");
    }
  }

  private static Estimate estimate(PolicyEvaluation evaluation, Estimator estimator) {
    return evaluation.getEstimatesList().stream()
        .filter(each -> each.getEstimator() == estimator)
        .findFirst()
        .orElseThrow();
  }

  private static Surfaces surfaces(String... features) {
    return surfaces(LearnWhen.LEARN_WHEN_WINDOW_END, features);
  }

  private static Surfaces surfaces(LearnWhen when, String... features) {
    SurfaceConfig.Builder config = TestSurfaces.config("home", TestSurfaces.ARGUMENTS).toBuilder();
    config.getRewardBuilder().setLearnWhen(when);
    EvaluationConfig.Builder evaluation = config.getEvaluationBuilder();
    evaluation.getWindowBuilder().setSeconds(600);
    for (String feature : features) {
      evaluation.addSegments(SegmentConfig.newBuilder().setFeature(feature));
    }
    return new Surfaces(List.of(Surface.of(config.build())));
  }

  /** One a minute, drawn uniformly by the live policy. */
  private static JoinedDecision joined(int number, long seed) {
    SplittableRandom random = new SplittableRandom(1_000 * seed + number);
    int chosen = random.nextInt(ACTIONS);
    Decision decision =
        TestRecords.decision("home", "d" + number, 600 * MINUTE + MINUTE * number, chosen)
            .toBuilder()
            .setPolicy("learner")
            .setPropensity(1.0 / ACTIONS)
            .clearContext()
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(
                        Feature.newBuilder()
                            .setName("device")
                            .setValue(
                                FeatureValue.newBuilder()
                                    .setText(DEVICES[random.nextInt(DEVICES.length)]))))
            .build();
    return JoinedDecision.newBuilder()
        .setDecision(decision)
        .setReward(random.nextDouble() < 0.2 + 0.2 * chosen ? 1 : 0)
        .setRewardCount(1)
        .build();
  }

  private static JoinedDecision closed(JoinedDecision joined) {
    return joined.toBuilder()
        .setStage(JoinStage.JOIN_STAGE_CLOSED)
        .setDecision(joined.getDecision().toBuilder().clearContext().clearSession().clearActions())
        .build();
  }
}
