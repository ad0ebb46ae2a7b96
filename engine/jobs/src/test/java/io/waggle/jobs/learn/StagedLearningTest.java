package io.waggle.jobs.learn;

import static io.waggle.jobs.learn.LearnSubtask.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestRecords;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyState;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions of a surface that learns at the first reward. */
final class StagedLearningTest {
  private static final double FLOOR = 0.1 / 3;

  private final Surfaces home = TestSurfaces.atFirstReward("home");

  @Test
  void aDecisionIsEvaluatedWhenItClosesByWhatWasPredictedWhenItWasShown() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      // The learner knows nothing: it would show action 0. After this it would show action 1.
      learn.feed(shown("d1", 1));
      learn.feed(rewarded("d1", 1, 1));
      learn.clock(1_000);
      assertThat(learn.evaluations()).isEmpty();

      learn.feed(closed("d1", 1, 1));
      learn.clock(2_000);

      assertThat(learn.evaluation("learner").getIps()).isCloseTo(FLOOR / 0.5, within(1e-9));
      assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
      assertThat(learn.evaluation("uniform").getIps()).isCloseTo(2.0 / 3, within(1e-9));
    }
  }

  @Test
  void aDecisionCountsOnceWhenItCloses() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(shown("d1", 1));
      learn.feed(rewarded("d1", 1, 1));
      assertThat(learn.counts("home").getDecisionsReceived()).isZero();

      learn.feed(closed("d1", 1, 1));
      learn.feed(closed("never shown", 1, 1));

      assertThat(learn.counts("home").getDecisionsReceived()).isEqualTo(2);
      assertThat(learn.counts("home").getDecisionsLearned()).isEqualTo(1);
      assertThat(learn.counts("home").getDecisionsRejected()).isEqualTo(1);
      assertThat(learn.deadLetters()).hasSize(1);
      assertThat(learn.deadLetters().get(0).getDetail())
          .isEqualTo("stage: closed, but not known to have been shown");
    }
  }

  @Test
  void aPolicyAddedBetweenTheStagesIsNotEvaluatedButCounted() throws Exception {
    Controls controls = new Controls(home.all().get(0));
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(shown("d1", 1));
      learn.control(controls.add(Controls.learner("late", "--cb_explore_adf")));
      learn.control(controls.change("learner", "--cb_explore_adf --epsilon 0.5"));
      learn.feed(closed("d1", 1, 0));
      learn.clock(1_000);

      assertThat(learn.evaluation("late").getCount()).isZero();
      assertThat(learn.evaluation("learner").getCount()).isZero();
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(1);
      assertThat(state(learn, "late").getUnweighted()).isEqualTo(1);
      assertThat(state(learn, "learner").getUnweighted()).isEqualTo(1);
      assertThat(state(learn, "uniform").getUnweighted()).isZero();
    }
  }

  @Test
  void anAnswerUnderAnotherExplorationFloorIsNotEvaluatedButCounted() throws Exception {
    Controls controls = new Controls(home.all().get(0));
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(shown("d1", 1));
      learn.control(controls.floor(0.2));
      learn.feed(shown("d2", 1));
      learn.feed(closed("d1", 1, 0));
      learn.feed(closed("d2", 1, 0));
      learn.clock(1_000);

      assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
      assertThat(state(learn, "learner").getUnweighted()).isEqualTo(1);
    }
  }

  @Test
  void whatNeverClosesIsDroppedTwoToThreeWindowsAfterItWasShown() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(shown("d1", 1));
      learn.feed(shown("d2", 1));
      learn.watermark(4 * TestSurfaces.WINDOW - 1);
      learn.feed(closed("d1", 1, 0));
      assertThat(learn.counts("home").getDecisionsLearned()).isEqualTo(1);

      learn.watermark(4 * TestSurfaces.WINDOW);
      learn.feed(closed("d2", 1, 0));

      assertThat(learn.counts("home").getDecisionsLearned()).isEqualTo(1);
      assertThat(learn.counts("home").getDecisionsRejected()).isEqualTo(1);
    }
  }

  @Test
  void aDecisionThatNamesNoActionIsRejectedOnce() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(shown("d1", 7));
      learn.feed(closed("d1", 7, 0));

      assertThat(learn.counts("home").getDecisionsReceived()).isEqualTo(1);
      assertThat(learn.counts("home").getDecisionsRejected()).isEqualTo(1);
      assertThat(state(learn, "learner").getRejected()).isEqualTo(1);
    }
  }

  @Test
  void whereRewardsAreSureFewDecisionsAreLearnedAsUnrewardedAndAllArePredicted() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      for (int i = 0; i < 2_000; i++) {
        learn.feed(shown("d" + i, 1));
        learn.feed(rewarded("d" + i, 1, 1));
        learn.feed(closed("d" + i, 1, 1));
      }
      learn.clock(1);

      long predictedOnly =
          learn.examples().stream().filter(LearnedExample::getPredictedOnly).count();
      assertThat(predictedOnly).isBetween(1_000L, 1_950L);
      assertThat(state(learn, "learner").getEventsLearned()).isEqualTo(4_000 - predictedOnly);
      assertThat(learn.evaluation("learner").getCount()).isEqualTo(2_000);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRestartBetweenStagesChangesNothing(long seed) throws Exception {
    LearnSubtask restarted = new LearnSubtask(home, VowpalWabbitLearner::open);
    try (LearnSubtask undisturbed = new LearnSubtask(home, VowpalWabbitLearner::open)) {
      Random random = new Random(seed);
      for (int i = 0; i < 120; i++) {
        JoinedDecision next = randomStage(random, i);
        undisturbed.feed(next);
        restarted.feed(next);
        if (i % 40 == 25) {
          restarted = restarted.restarted();
        }
      }

      for (PolicyState expected : undisturbed.policyStates()) {
        // The lineage tells attempts apart; everything else is the same.
        assertThat(state(restarted, expected.getPolicy()).toBuilder().clearLineage().build())
            .isEqualTo(expected.toBuilder().clearLineage().build());
      }
      assertThat(restarted.counts("home").getDelay())
          .isEqualTo(undisturbed.counts("home").getDelay());
    } finally {
      restarted.close();
    }
  }

  @Test
  void theLoggedExamplesGiveTheSameBytesAgain() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, VowpalWabbitLearner::open)) {
      Random random = new Random(4);
      for (int i = 0; i < 600; i++) {
        learn.feed(randomStage(random, i));
      }
      PolicyState learned = state(learn, "learner");
      assertThat(learn.examples()).anyMatch(LearnedExample::getPredictedOnly);

      ModelLineage version =
          ModelLineage.newBuilder()
              .setPolicy("learner")
              .setArguments(learned.getArguments())
              .build();
      try (Relearning again =
          Relearning.open(
              home.all().get(0), version, ByteString.EMPTY, VowpalWabbitLearner::open)) {
        learn.examples().forEach(again::learn);

        assertThat(again.bytes()).isEqualTo(learned.getModel());
      }
    }
  }

  /** Of three decisions that overlap: shown, rewarded or not, closed. */
  private static JoinedDecision randomStage(Random random, int step) {
    int chosen = random.nextInt(3);
    double reward = random.nextInt(2);
    String id = "d" + (step % 3 + 3 * (step / 12));
    return switch (step / 3 % 4) {
      case 0 -> shown(id, chosen);
      case 1, 2 -> rewarded(id, chosen, reward);
      default -> closed(id, chosen, reward);
    };
  }

  private static PolicyState state(LearnSubtask learn, String policy) {
    return learn.policyStates().stream()
        .filter(each -> each.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  private static JoinedDecision shown(String id, int chosen) {
    return stage(JoinStage.JOIN_STAGE_SHOWN, decision(id, chosen), 0, 0);
  }

  private static JoinedDecision rewarded(String id, int chosen, double reward) {
    return stage(JoinStage.JOIN_STAGE_REWARDED, decision(id, chosen), reward, START);
  }

  private static JoinedDecision closed(String id, int chosen, double reward) {
    Decision bare = decision(id, chosen).toBuilder().clearActions().clearContext().build();
    return stage(JoinStage.JOIN_STAGE_CLOSED, bare, reward, 0);
  }

  private static Decision decision(String id, int chosen) {
    return TestRecords.decision("home", id, 1_000, chosen);
  }

  private static JoinedDecision stage(
      JoinStage stage, Decision decision, double reward, long rewardMillis) {
    return JoinedDecision.newBuilder()
        .setStage(stage)
        .setDecision(decision)
        .setReward(reward)
        .setRewardTimeMillis(rewardMillis)
        .build();
  }
}
