package io.waggle.jobs.join;

import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestSurfaces.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.jobs.TestRecords;
import io.waggle.jobs.TestSurfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Decision;
import io.waggle.v1.DerivationCounts;
import io.waggle.v1.Interaction;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardCause;
import io.waggle.v1.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DerivedRewardFunctionTest {
  private static final long MADE = 10_000;

  @Test
  void clickBecomesARewardWhenEventTimeHasPassedIt() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.track(TestRecords.click("home", "i", "user", "a", MADE + 10));
      derive.decide(decision("home", "d", MADE, 0));
      assertThat(derive.rewards()).isEmpty();

      derive.watermark(MADE + 10);

      assertThat(derive.rewards()).hasSize(1);
      assertThat(derive.rewards().get(0).getDecisionId()).isEqualTo("d");
      assertThat(derive.rewards().get(0).getSurface()).isEqualTo("home");
      assertThat(derive.rewards().get(0).getUserId()).isEqualTo("user");
    }
  }

  @Test
  void usersAndSurfacesDoNotMix() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.decide(decision("home", "d", MADE, 0));
      derive.track(TestRecords.click("home", "i", "other", "a", MADE + 10));
      derive.track(TestRecords.click("away", "j", "user", "a", MADE + 10));

      derive.watermark(MADE + 10);

      assertThat(derive.rewards()).isEmpty();
      assertThat(derive.counts("away").getDerivationUnmatched()).isEqualTo(1);
    }
  }

  @Test
  void signalRewardsTheDecisionThatItsNewestInteractionNames() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.find(left("i", "a", "named", MADE));

      assertThat(derive.rewards())
          .containsExactly(
              Reward.newBuilder()
                  .setRewardId("signal-left-user-i")
                  .setDerived(true)
                  .setDecisionId("named")
                  .setSurface("home")
                  .setUserId("user")
                  .setItemId("a")
                  .setEventTimeMillis(MADE + 500)
                  .setValue(-0.5)
                  .build());
    }
  }

  @Test
  void signalWithoutADecisionRewardsTheNewestOneThatChoseItsItemBeforeIt() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.find(left("i", "a", "", MADE + 100));
      derive.decide(decision("home", "older", MADE, 0));
      derive.decide(decision("home", "led", MADE + 50, 0));
      derive.decide(decision("home", "another item", MADE + 60, 1));
      derive.decide(decision("home", "after the cart", MADE + 200, 0));
      assertThat(derive.rewards()).isEmpty();

      derive.watermark(MADE + 600);

      assertThat(derive.rewards()).extracting(Reward::getDecisionId).containsExactly("led");
    }
  }

  @Test
  void signalCompleteAfterTheWindowIsUnmatchedAndCounted() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.decide(decision("home", "d", MADE, 0));
      derive.find(left("i", "a", "", MADE + WINDOW - 500));

      derive.watermark(MADE + WINDOW);

      assertThat(derive.rewards()).isEmpty();
      assertThat(derive.counts("home").getDerivationUnmatched()).isEqualTo(1);
    }
  }

  @Test
  void signalFoundAgainGivesNoSecondReward() throws Exception {
    try (Subtask before = new Subtask(null)) {
      before.find(left("i", "a", "named", MADE));
      try (Subtask after = before.restarted()) {
        after.find(left("i", "a", "named", MADE));

        assertThat(after.rewards()).isEmpty();
        assertThat(after.counts("home").getDerivationRewarded()).isEqualTo(1);
        assertThat(after.counts("home").getDerivationDuplicate()).isEqualTo(1);
      }
    }
  }

  @Test
  void signalWithoutARuleIsCounted() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.find(
          TestRecords.signal(
              "home", "seen", "user", TestRecords.cart("i", "a", "named", MADE), MADE));

      assertThat(derive.rewards()).isEmpty();
      assertThat(derive.counts("home").getDerivationWithoutRule()).isEqualTo(1);
    }
  }

  /** A cart left behind for half a second. */
  private static Signal left(String id, String item, String decisionId, long timeMillis) {
    return TestRecords.signal(
        "home",
        "left",
        "user",
        TestRecords.cart(id, item, decisionId, timeMillis),
        timeMillis + 500);
  }

  @Test
  void nothingIsLeftWhenEveryWindowHasPassed() throws Exception {
    try (Subtask derive = new Subtask(null)) {
      derive.decide(decision("home", "d", MADE, 0));
      derive.track(TestRecords.click("home", "i", "user", "a", MADE + 10));

      derive.watermark(MADE + 10 + WINDOW);

      assertThat(derive.harness.numKeyedStateEntries()).isZero();
      assertThat(derive.harness.numEventTimeTimers()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void restartAnywhereChangesNeitherTheRewardsNorTheCounts(long seed) throws Exception {
    Result undisturbed = run(seed, false);
    Result restarted = run(seed, true);

    assertThat(restarted).isEqualTo(undisturbed);
    assertThat(restarted.rewards()).isNotEmpty();
    assertThat(restarted.counts().getDerivationWaiting()).isZero();
  }

  private record Result(List<Reward> rewards, DerivationCounts counts) {}

  private static Result run(long seed, boolean restarts) throws Exception {
    Random random = new Random(seed);
    Random restart = new Random(seed + 100);
    List<Reward> rewards = new ArrayList<>();
    Subtask derive = new Subtask(null);
    try {
      for (int i = 0; i < 300; i++) {
        long timeMillis = MADE + 10L * i - random.nextInt(100);
        if (random.nextInt(3) == 0) {
          derive.decide(decision("home", "d" + i, timeMillis, random.nextInt(3)));
        } else {
          String id = "i" + Math.max(0, i - random.nextInt(2));
          derive.track(TestRecords.click("home", id, "user", "a", timeMillis));
        }
        if (random.nextInt(8) == 0) {
          derive.watermark(MADE + 10L * i - 100);
        }
        if (restarts && restart.nextInt(50) == 0) {
          rewards.addAll(derive.rewards());
          derive = derive.restarted();
        }
      }
      derive.watermark(MADE + 10_000);
      rewards.addAll(derive.rewards());
      rewards.sort(Comparator.comparing(Reward::getRewardId));
      return new Result(rewards, derive.counts("home"));
    } finally {
      derive.close();
    }
  }

  private static final class Subtask implements AutoCloseable {
    private final DerivedRewardFunction function =
        new DerivedRewardFunction(TestSurfaces.deriving("home", "away"));
    private final KeyedTwoInputStreamOperatorTestHarness<String, Decision, RewardCause, Reward>
        harness;

    Subtask(@Nullable OperatorSubtaskState from) throws Exception {
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new ClockedCoProcessOperator<>(function, Duration.ofSeconds(1), false),
              decision -> DerivedRewardFunction.key(decision.getSurface(), decision.getUserId()),
              Subtask::key,
              Types.STRING,
              128,
              1,
              0);
      harness.setup(
          ProtoTypeInformation.forMessage(Reward.class)
              .createSerializer(new SerializerConfigImpl()));
      if (from != null) {
        harness.initializeState(from);
      }
      harness.open();
    }

    void decide(Decision decision) throws Exception {
      harness.processElement1(decision, decision.getEventTimeMillis());
    }

    void track(Interaction interaction) throws Exception {
      harness.processElement2(
          RewardCause.newBuilder().setInteraction(interaction).build(),
          interaction.getEventTimeMillis());
    }

    void find(Signal signal) throws Exception {
      harness.processElement2(
          RewardCause.newBuilder().setSignal(signal).build(), signal.getEndedMillis());
    }

    private static String key(RewardCause cause) {
      return cause.hasSignal()
          ? DerivedRewardFunction.key(cause.getSignal().getSurface(), cause.getSignal().getUserId())
          : DerivedRewardFunction.key(
              cause.getInteraction().getSurface(), cause.getInteraction().getUserId());
    }

    void watermark(long timeMillis) throws Exception {
      harness.processBothWatermarks(new Watermark(timeMillis));
    }

    List<Reward> rewards() {
      return harness.extractOutputValues();
    }

    DerivationCounts counts(String surface) {
      return function.counts().stream()
          .filter(counts -> counts.getSurface().equals(surface))
          .findFirst()
          .orElseThrow();
    }

    Subtask restarted() throws Exception {
      OperatorSubtaskState saved = harness.snapshot(1, 1);
      close();
      return new Subtask(saved);
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
