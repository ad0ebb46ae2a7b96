package io.waggle.state.join;

import static io.waggle.state.join.Joins.WINDOW;
import static io.waggle.state.join.Joins.decision;
import static io.waggle.state.join.Joins.derived;
import static io.waggle.state.join.Joins.reward;
import static io.waggle.state.join.Joins.withSlots;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.SlotReward;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rewards of slots and rewards derived from interactions: whose they are and what they make. */
final class RewardSlotsTest {
  private static final long MADE = 10_000;

  private final JoinCounter counter = new JoinCounter("home");
  private RewardJoin join = new RewardJoin(Joins.atWindowEnd());
  private @Nullable PendingDecision state;

  @AfterEach
  void everythingIsAccountedFor() {
    assertThat(Joins.unaccountedRewards(List.of(counter.counts()))).isZero();
  }

  @Test
  void eachSlotHasItsOwnRewardsAndTheDecisionTheirMean() {
    decide(withSlots(decision("d", MADE, false)));
    send(slot("top", "r1", 1));
    send(slot("side", "r2", 2));
    send(slot("side", "r3", 3));

    JoinedDecision joined = closed();

    assertThat(joined.getSlotRewardsList())
        .extracting(SlotReward::getReward)
        .containsExactly(1.0, 5.0);
    assertThat(joined.getSlotRewardsList())
        .extracting(SlotReward::getRewardCount)
        .containsExactly(1, 2);
    assertThat(joined.getReward()).isEqualTo(3);
    assertThat(joined.getRewardCount()).isEqualTo(3);
  }

  @Test
  void rewardThatNamesNoSlotIsTheFirstOnesAndTheOthersGetTheDefault() {
    decide(withSlots(decision("d", MADE, false)));
    send(slot("", "r", 2));

    assertThat(closed().getSlotRewardsList())
        .extracting(SlotReward::getReward)
        .containsExactly(2.0, -0.5);
  }

  @Test
  void unknownSlotIsRejectedAlsoWhereTheDecisionHasNone() {
    decide(withSlots(decision("d", MADE, false)));
    send(slot("nowhere", "r", 2));
    assertThat(closed().getRewardCount()).isZero();

    state = null;
    decide(decision("d", MADE, false));
    send(slot("top", "r", 2));
    assertThat(closed().getRewardCount()).isZero();
    assertThat(counts().getRewardsRejected()).isEqualTo(2);
  }

  @Test
  void rewardHeldForASlotFindsItWhenTheDecisionComes() {
    send(slot("side", "r", 2));
    send(slot("nowhere", "s", 2));
    decide(withSlots(decision("d", MADE, false)));
    assertThat(counts().getRewardsWaiting()).isEqualTo(1);
    assertThat(counts().getRewardsRejected()).isEqualTo(1);

    assertThat(closed().getSlotRewards(1).getReward()).isEqualTo(2);
  }

  @Test
  void derivedRewardGoesToTheSlotThatShowedItsItem() {
    decide(withSlots(decision("d", MADE, false)));
    send(derived("d", "i1", MADE, 2, "c"));
    send(derived("d", "i2", MADE, 1, "b"));

    assertThat(closed().getSlotRewards(1).getReward()).isEqualTo(2);
    assertThat(counts().getRewardsRejected()).isEqualTo(1);
  }

  @Test
  void derivedRewardNeedsTheChosenItemAndTheDecisionsUser() {
    decide(decision("d", MADE, false));
    send(derived("d", "other item", MADE, 2, "b"));
    send(derived("d", "other user", MADE, 2, "a").toBuilder().setUserId("other").build());
    send(derived("d", "good", MADE, 1, "a"));

    assertThat(closed().getReward()).isEqualTo(1);
    assertThat(counts().getRewardsRejected()).isEqualTo(2);
  }

  @Test
  void anonymousDecisionTakesWhoeverNamesIt() {
    decide(decision("d", MADE, false).toBuilder().clearUserId().build());
    send(derived("d", "i", MADE, 1, "a").toBuilder().setUserId("anyone").build());

    assertThat(closed().getReward()).isEqualTo(1);
  }

  @Test
  void explicitRewardSupersedesTheDerivedOnesWhateverTheOrder() {
    decide(decision("d", MADE, false));
    send(derived("d", "i", MADE, 1, "a"));
    send(reward("d", "r", MADE, 3));
    send(derived("d", "j", MADE, 1, "a"));

    assertThat(closed().getReward()).isEqualTo(3);
    assertThat(counts().getRewardsLearned()).isEqualTo(1);
    assertThat(counts().getRewardsRejected()).isEqualTo(2);
    assertThat(counts().getRewardsSuperseded()).isEqualTo(2);
    assertThat(counts().getRewardsDerived()).isEqualTo(2);
  }

  @Test
  void explicitRewardSupersedesInItsOwnSlotOnly() {
    decide(withSlots(decision("d", MADE, false)));
    send(derived("d", "i", MADE, 1, "c"));
    send(slot("top", "r", 3));

    assertThat(closed().getSlotRewardsList())
        .extracting(SlotReward::getReward)
        .containsExactly(3.0, 1.0);
  }

  @Test
  void explicitAndDerivedRewardsMayCountTogetherWithTheDerivedOnesCapped() {
    join =
        new RewardJoin(
            Joins.derived(
                RewardAggregation.REWARD_AGGREGATION_SUM,
                LearnWhen.LEARN_WHEN_WINDOW_END,
                1.5,
                true));
    decide(decision("d", MADE, false));
    send(derived("d", "i", MADE, 1, "a"));
    send(reward("d", "r", MADE, 3));
    send(derived("d", "j", MADE, 1, "a"));

    assertThat(closed().getReward()).isEqualTo(4.5);
    assertThat(counts().getRewardsSuperseded()).isZero();
  }

  @Test
  void derivedRewardMayHaveTheIdOfAnExplicitOneAndIsNoRepeatOfIt() {
    decide(decision("d", MADE, false));
    send(reward("d", "same", MADE, 3));
    send(derived("d", "same", MADE, 1, "a"));
    send(derived("d", "same", MADE, 1, "a"));

    assertThat(counts().getRewardsDuplicate()).isEqualTo(1);
    assertThat(counts().getRewardsWaiting()).isEqualTo(2);
  }

  @Test
  void floodOfDerivedRewardsLeavesRoomForExplicitOnes() {
    decide(decision("d", MADE, false));
    for (int i = 0; i < RewardJoin.MAX_REWARDS; i++) {
      send(derived("d", "i" + i, MADE, 0.5, "a"));
    }
    send(reward("d", "r", MADE, 3));

    assertThat(closed().getReward()).isEqualTo(3);
    assertThat(counts().getRewardsSuperseded()).isEqualTo(RewardJoin.MAX_DERIVED_REWARDS);
  }

  @Test
  void slotsSurviveInTheLastStage() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(withSlots(decision("d", MADE, false)));
    send(slot("side", "r", 2));
    send(derived("d", "i", MADE, 1, "a"));

    JoinedDecision closed = closed();

    assertThat(closed.getSlotRewardsList())
        .extracting(SlotReward::getReward)
        .containsExactly(1.0, 2.0);
    assertThat(closed.getDecision().getSlots(1).getAction()).isEqualTo(2);
    assertThat(closed.getDecision().getSlots(1).getPropensity()).isEqualTo(0.5);
    assertThat(closed.getDecision().getSlots(1).getProbabilitiesCount()).isZero();
    assertThat(closed.getDecision().getSlots(1).getSlot().getFeaturesCount()).isZero();
  }

  private static Reward slot(String slot, String rewardId, double value) {
    return reward("d", rewardId, MADE + 1, value).toBuilder().setSlotId(slot).build();
  }

  private void decide(Decision decision) {
    state = join.decision(state, decision, counter).next();
  }

  private void send(Reward reward) {
    state = join.reward(state, reward, MADE, counter).next();
  }

  private JoinedDecision closed() {
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + WINDOW);
    RewardJoin.Step step =
        join.close(requireNonNull(state), requireNonNull(state).getClosesMillis(), counter);
    state = step.next();
    assertThat(step.joined()).hasSize(1);
    return step.joined().get(0);
  }

  private JoinCounts counts() {
    return counter.counts();
  }
}
