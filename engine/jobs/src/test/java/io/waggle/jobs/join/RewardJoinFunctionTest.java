package io.waggle.jobs.join;

import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestRecords.reward;
import static io.waggle.jobs.TestSurfaces.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.jobs.RecordingMetricGroup;
import io.waggle.jobs.TestSurfaces;
import io.waggle.state.join.JoinCounter;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RewardJoinFunctionTest {
  private static final int KEY_GROUPS = 128;
  private static final long MADE = 10_000;

  @Test
  void decisionIsLearnedWhenEventTimeHasPassedItsWindow() throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("home"), 1, 0, null)) {
      join.decide(decision("home", "d", MADE, 0));
      join.reward(reward("home", "d", "r", MADE + 1, 0.5));
      join.watermark(MADE + WINDOW - 1);
      assertThat(join.joined()).isEmpty();

      join.watermark(MADE + WINDOW);

      assertThat(join.joined()).hasSize(1);
      assertThat(join.joined().get(0).getReward()).isEqualTo(0.5);
    }
  }

  @Test
  void decisionThatComesLateToItsHeldRewardTakesOverTheTimer() throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("home"), 1, 0, null)) {
      join.reward(reward("home", "d", "r", MADE, 0.5));
      join.decide(decision("home", "d", MADE + 500, 0));
      assertThat(join.harness().numEventTimeTimers()).isEqualTo(1);
      join.watermark(MADE + WINDOW);
      assertThat(join.joined()).isEmpty();

      join.watermark(MADE + 500 + WINDOW);

      assertThat(join.joined()).hasSize(1);
    }
  }

  @Test
  void surfaceThatLearnsAtTheFirstRewardDoesNotWait() throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.atFirstReward("home"), 1, 0, null)) {
      join.decide(decision("home", "d", MADE, 0));
      join.harness().setProcessingTime(77_000);

      join.reward(reward("home", "d", "r", MADE + 1, 0.5));

      assertThat(join.joined())
          .extracting(JoinedDecision::getStage)
          .containsExactly(JoinStage.JOIN_STAGE_SHOWN, JoinStage.JOIN_STAGE_REWARDED);
      assertThat(join.joined().get(1).getRewardTimeMillis()).isEqualTo(77_000);
    }
  }

  @Test
  void rewardThatNamesAnotherSurfaceIsAnOrphanThere() throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("home", "away"), 1, 0, null)) {
      join.decide(decision("home", "d", MADE, 0));
      join.reward(reward("away", "d", "r", MADE + 1, 0.5));

      join.watermark(MADE + 3 * WINDOW);

      assertThat(join.joined().get(0).getRewardCount()).isZero();
      assertThat(join.counts("away").getRewardsOrphan()).isEqualTo(1);
      assertThat(join.counts("home").getRewardsReceived()).isZero();
    }
  }

  @Test
  void nothingIsLeftWhenEveryWindowHasPassed() throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("home"), 1, 0, null)) {
      Random random = new Random(1);
      for (int i = 0; i < 200; i++) {
        randomRecord(join, random, i);
      }

      join.watermark(Long.MAX_VALUE);

      assertThat(join.harness().numKeyedStateEntries()).isZero();
      assertThat(join.harness().numEventTimeTimers()).isZero();
      assertThat(join.counts("home").getDecisionsWaiting()).isZero();
      assertThat(join.counts("home").getRewardsWaiting()).isZero();
      assertBalanced(join.counts("home"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void restartAnywhereChangesNeitherWhatIsJoinedNorTheCounts(long seed) throws Exception {
    Result undisturbed = run(seed, false);
    Result restarted = run(seed, true);

    assertThat(restarted.joined()).isEqualTo(undisturbed.joined()).isNotEmpty();
    assertThat(restarted.counts()).isEqualTo(undisturbed.counts());
    assertBalanced(restarted.counts());
  }

  @Test
  void countsAreAddedUpOnceWhenTheParallelismChanges() throws Exception {
    OperatorSubtaskState one = afterRecords(1, 0, null);
    OperatorSubtaskState first = afterRecords(2, 0, rescaled(one, 1, 2, 0));
    OperatorSubtaskState second = afterRecords(2, 1, rescaled(one, 1, 2, 1));
    OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(first, second);

    try (JoinSubtask join =
        new JoinSubtask(TestSurfaces.named("home"), 1, 0, rescaled(both, 2, 1, 0))) {
      // Ten decisions before, and each of the two subtasks received those of its keys.
      assertThat(join.counts("home").getDecisionsReceived()).isEqualTo(20);
      assertThat(join.counts("home").getDecisionsDuplicate()).isEqualTo(10);

      join.watermark(MADE + WINDOW + 10);

      assertThat(join.joined()).hasSize(10);
      assertThat(join.counts("home").getDecisionsWaiting()).isZero();
      assertBalanced(join.counts("home"));
    }
  }

  @Test
  void surfaceThatIsNoLongerConfiguredTakesItsStateWithIt() throws Exception {
    OperatorSubtaskState saved = afterRecords(1, 0, null);

    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("other"), 1, 0, saved)) {
      join.watermark(MADE + WINDOW + 10);

      assertThat(join.joined()).isEmpty();
      assertThat(join.harness().numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void everyCountIsAGaugeByItsName() {
    RecordingMetricGroup metrics = new RecordingMetricGroup();
    JoinCounter counter = new JoinCounter("home");
    JoinMetrics.register(metrics, "home", counter::counts);

    counter.add(JoinCounts.newBuilder().setRewardsLate(3).setDecisionsLearned(2).build());

    assertThat(metrics.values())
        .hasSize(15)
        .containsEntry("surface=home/rewards_late", 3L)
        .containsEntry("surface=home/decisions_learned", 2L)
        .containsEntry("surface=home/rewards_received", 0L);
  }

  private record Result(List<JoinedDecision> joined, JoinCounts counts) {}

  private static Result run(long seed, boolean restarts) throws Exception {
    Random random = new Random(seed);
    Random restart = new Random(seed + 100);
    List<JoinedDecision> joined = new ArrayList<>();
    JoinSubtask join = new JoinSubtask(TestSurfaces.named("home"), 1, 0, null, true);
    try {
      for (int i = 0; i < 300; i++) {
        randomRecord(join, random, i);
        if (random.nextInt(8) == 0) {
          join.watermark(MADE + 10L * i - 200);
        }
        if (restarts && restart.nextInt(60) == 0) {
          joined.addAll(join.joined());
          join = join.restarted();
        }
      }
      join.watermark(MADE + 10_000);
      joined.addAll(join.joined());
      joined.sort(Comparator.comparing(each -> each.getDecision().getDecisionId()));
      return new Result(joined, join.counts("home"));
    } finally {
      join.close();
    }
  }

  private static void randomRecord(JoinSubtask join, Random random, int step) throws Exception {
    String id = "d" + Math.max(0, step / 3 - random.nextInt(10));
    long timeMillis = MADE + 10L * step;
    if (random.nextInt(3) == 0) {
      join.decide(decision("home", id, timeMillis, 0));
    } else {
      String rewardId = "r" + Math.max(0, step - random.nextInt(3));
      join.reward(reward("home", id, rewardId, timeMillis - random.nextInt(500), 0.25));
    }
  }

  /** Sends ten decisions, those that belong to the subtask, and snapshots. */
  private static OperatorSubtaskState afterRecords(
      int parallelism, int index, @Nullable OperatorSubtaskState from) throws Exception {
    try (JoinSubtask join = new JoinSubtask(TestSurfaces.named("home"), parallelism, index, from)) {
      for (int i = 0; i < 10; i++) {
        Decision decision = decision("home", "d" + i, MADE + i, 0);
        if (join.owns(RewardJoinFunction.key("home", decision.getDecisionId()))) {
          join.decide(decision);
        }
      }
      return join.harness().snapshot(1, 1);
    }
  }

  private static OperatorSubtaskState rescaled(
      OperatorSubtaskState state, int from, int to, int index) {
    return AbstractStreamOperatorTestHarness.repartitionOperatorState(
        state, KEY_GROUPS, from, to, index);
  }

  private static void assertBalanced(JoinCounts counts) {
    assertThat(counts.getRewardsReceived())
        .isEqualTo(
            counts.getRewardsLearned()
                + counts.getRewardsWaiting()
                + counts.getRewardsLate()
                + counts.getRewardsDuplicate()
                + counts.getRewardsOrphan()
                + counts.getRewardsRejected());
    assertThat(counts.getDecisionsReceived())
        .isEqualTo(
            counts.getDecisionsLearned()
                + counts.getDecisionsWaiting()
                + counts.getDecisionsDuplicate()
                + counts.getDecisionsUnactivated());
  }
}
