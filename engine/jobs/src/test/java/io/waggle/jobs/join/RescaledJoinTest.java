package io.waggle.jobs.join;

import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestRecords.reward;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.state.join.JoinCounter;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Reward;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The join over one stream of records while its parallelism changes, beside one that is let be. */
final class RescaledJoinTest {
  private static final long MADE = 10_000;
  private static final int STEPS = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void restoreWithAnotherParallelismChangesNeitherWhatIsJoinedNorTheCounts(long seed)
      throws Exception {
    Surfaces surfaces =
        seed % 2 == 0 ? TestSurfaces.named("home") : TestSurfaces.atFirstReward("home");

    Result undisturbed = run(seed, surfaces, false);
    Result rescaled = run(seed, surfaces, true);

    assertThat(rescaled.joined()).isEqualTo(undisturbed.joined()).isNotEmpty();
    assertThat(rescaled.counts()).isEqualTo(undisturbed.counts());
    assertThat(rescaled.counts().getDecisionsWaiting()).isZero();
    assertThat(rescaled.counts().getRewardsWaiting()).isZero();
  }

  private record Result(List<JoinedDecision> joined, JoinCounts counts) {}

  private static Result run(long seed, Surfaces surfaces, boolean rescales) throws Exception {
    Random random = new Random(seed);
    Random scale = new Random(seed + 100);
    try (Join join = new Join(surfaces)) {
      for (int i = 0; i < STEPS; i++) {
        join.take(random, i);
        if (random.nextInt(10) == 0) {
          join.watermark(MADE + 10L * i - 200);
        }
        if (rescales && scale.nextInt(80) == 0) {
          join.rescale(1 + scale.nextInt(4));
        }
      }
      join.watermark(MADE + 100_000);
      join.collect();
      join.joined.sort(
          Comparator.comparing((JoinedDecision each) -> each.getDecision().getDecisionId())
              .thenComparing(JoinedDecision::getStage));
      return new Result(join.joined, join.counts());
    }
  }

  /** All subtasks of the join together. */
  private static final class Join implements AutoCloseable {
    private final Surfaces surfaces;
    private final List<JoinSubtask> subtasks = new ArrayList<>();
    private final List<JoinedDecision> joined = new ArrayList<>();

    Join(Surfaces surfaces) throws Exception {
      this.surfaces = surfaces;
      start(1, 1, null);
    }

    void take(Random random, int step) throws Exception {
      String id = "d" + Math.max(0, step / 3 - random.nextInt(10));
      long timeMillis = MADE + 10L * step;
      if (random.nextInt(3) == 0) {
        Decision decision = decision("home", id, timeMillis, 0);
        owner(id).decide(decision.toBuilder().setDeferred(random.nextInt(5) == 0).build());
        return;
      }
      Reward reward = reward("home", id, "r" + step, timeMillis - random.nextInt(500), 0.25);
      boolean derived = random.nextBoolean();
      owner(id)
          .reward(
              derived
                  ? reward.toBuilder().setDerived(true).setUserId("user").setItemId("a").build()
                  : reward);
    }

    private JoinSubtask owner(String decisionId) {
      return subtasks.stream()
          .filter(subtask -> subtask.owns(RewardJoinFunction.key("home", decisionId)))
          .findFirst()
          .orElseThrow();
    }

    void watermark(long timeMillis) throws Exception {
      for (JoinSubtask subtask : subtasks) {
        subtask.watermark(timeMillis);
      }
    }

    void rescale(int parallelism) throws Exception {
      collect();
      int before = subtasks.size();
      OperatorSubtaskState[] saved = new OperatorSubtaskState[before];
      for (int i = 0; i < before; i++) {
        saved[i] = subtasks.get(i).harness().snapshot(1, 1);
      }
      close();
      subtasks.clear();
      start(before, parallelism, AbstractStreamOperatorTestHarness.repackageState(saved));
    }

    private void start(int before, int parallelism, @Nullable OperatorSubtaskState saved)
        throws Exception {
      for (int i = 0; i < parallelism; i++) {
        OperatorSubtaskState own =
            saved == null
                ? null
                : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    saved, JobEnvironment.MAX_PARALLELISM, before, parallelism, i);
        subtasks.add(new JoinSubtask(surfaces, parallelism, i, own));
      }
    }

    void collect() {
      subtasks.forEach(subtask -> joined.addAll(subtask.joined()));
    }

    JoinCounts counts() {
      JoinCounter sum = new JoinCounter("home");
      subtasks.forEach(subtask -> sum.add(subtask.counts("home")));
      return sum.counts();
    }

    @Override
    public void close() throws Exception {
      for (JoinSubtask subtask : subtasks) {
        subtask.close();
      }
    }
  }
}
