package io.waggle.state.join;

import static io.waggle.state.join.Joins.WINDOW;
import static io.waggle.state.join.Joins.activation;
import static io.waggle.state.join.Joins.decision;
import static io.waggle.state.join.Joins.reward;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.SourcePosition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RewardJoinTest {
  private static final long MADE = 10_000;
  private static final long RECEIVED = 77_000;

  private final JoinCounter counter = new JoinCounter("home");
  private RewardJoin join = new RewardJoin(Joins.atWindowEnd());
  private @Nullable PendingDecision state;

  @AfterEach
  void everythingIsAccountedFor() {
    assertThat(Joins.unaccountedRewards(List.of(counter.counts()))).isZero();
    assertThat(Joins.unaccountedDecisions(List.of(counter.counts()))).isZero();
  }

  @Test
  void rewardInsideTheWindowIsLearnedAtItsEnd() {
    decide(MADE, false);
    assertThat(rewarded("r", MADE + WINDOW - 1, 2)).isNull();

    JoinedDecision joined = requireNonNull(closed());

    assertThat(joined.getReward()).isEqualTo(2);
    assertThat(joined.getRewardCount()).isEqualTo(1);
    assertThat(joined.getRewardTimeMillis()).isEqualTo(RECEIVED);
    assertThat(joined.getDecision()).isEqualTo(decision("d", MADE, false));
    assertThat(counts().getRewardsLearned()).isEqualTo(1);
    assertThat(counts().getDecisionsLearned()).isEqualTo(1);
  }

  @Test
  void rewardAtTheWindowsEndIsLate() {
    decide(MADE, false);
    rewarded("r", MADE + WINDOW, 2);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(-0.5);
    assertThat(counts().getRewardsLate()).isEqualTo(1);
  }

  @Test
  void unrewardedDecisionIsLearnedWithTheDefaultReward() {
    decide(MADE, false);

    JoinedDecision joined = requireNonNull(closed());

    assertThat(joined.getReward()).isEqualTo(-0.5);
    assertThat(joined.getRewardCount()).isZero();
    assertThat(joined.getRewardTimeMillis()).isZero();
  }

  @Test
  void rewardStampedBeforeItsDecisionCounts() {
    decide(MADE, false);
    rewarded("r", MADE - 5 * WINDOW, 2);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(2);
  }

  @Test
  void rewardThatComesBeforeItsDecisionIsHeldForIt() {
    rewarded("r", MADE + 10, 2);
    assertThat(counts().getRewardsWaiting()).isEqualTo(1);
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + 10 + WINDOW);

    decide(MADE, false);
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + WINDOW);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(2);
  }

  @Test
  void heldRewardBeyondItsDecisionsWindowIsLate() {
    rewarded("late", MADE + WINDOW, 2);
    rewarded("in time", MADE, 3);

    decide(MADE, false);

    assertThat(counts().getRewardsLate()).isEqualTo(1);
    assertThat(counts().getRewardsWaiting()).isEqualTo(1);
    assertThat(requireNonNull(closed()).getReward()).isEqualTo(3);
  }

  @Test
  void heldRewardsAreOrphansEachAfterItsOwnWait() {
    rewarded("later", MADE + 400, 1);
    rewarded("first", MADE, 1);

    closed();
    assertThat(counts().getRewardsOrphan()).isEqualTo(1);
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + 400 + WINDOW);

    closed();
    assertThat(counts().getRewardsOrphan()).isEqualTo(2);
    assertThat(state).isNull();
  }

  @Test
  void repeatedRewardIsDroppedAndCounted() {
    decide(MADE, false);
    rewarded("r", MADE, 2);
    rewarded("r", MADE + 1, 2);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(2);
    rewarded("r", MADE + 2, 2);
    assertThat(counts().getRewardsDuplicate()).isEqualTo(2);
  }

  @Test
  void rewardsWithoutAnIdAreNotRepeats() {
    decide(MADE, false);
    rewarded("", MADE, 2);
    rewarded("", MADE, 3);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(5);
  }

  @Test
  void repeatedDecisionIsDroppedAndCounted() {
    decide(MADE, false);
    decide(MADE + 700, false);
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + WINDOW);

    closed();
    assertThat(decide(MADE, false)).isNull();
    assertThat(counts().getDecisionsDuplicate()).isEqualTo(2);
    assertThat(counts().getDecisionsLearned()).isEqualTo(1);
  }

  @Test
  void rewardAfterTheCloseIsLateAndItsRepeatADuplicate() {
    decide(MADE, false);
    closed();

    rewarded("r", MADE + 1, 2);
    rewarded("r", MADE + 1, 2);

    assertThat(counts().getRewardsLate()).isEqualTo(1);
    assertThat(counts().getRewardsDuplicate()).isEqualTo(1);
  }

  @Test
  void closedDecisionIsForgottenAfterOneMoreWindow() {
    decide(MADE, false);
    closed();
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + 2 * WINDOW);

    assertThat(closed()).isNull();

    assertThat(state).isNull();
    rewarded("r", MADE + 1, 2);
    closed();
    assertThat(counts().getRewardsOrphan()).isEqualTo(1);
  }

  @Test
  void decisionThatComesLongAfterItsWindowIsRememberedFromThen() {
    decide(MADE, false);

    apply(join.close(requireNonNull(state), MADE + 50 * WINDOW, counter));

    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + 51 * WINDOW);
  }

  @Test
  void closedStateKeepsNoFeatures() {
    decide(MADE, false);
    rewarded("r", MADE, 2);

    closed();

    PendingDecision closed = requireNonNull(state);
    assertThat(closed.getDecision().getUserId()).isEmpty();
    assertThat(closed.getDecision().getPropensity()).isZero();
    assertThat(closed.getRewards(0).getValue()).isZero();
  }

  @Test
  void deferredDecisionThatIsNeverActivatedIsNotLearned() {
    decide(MADE, true);
    rewarded("r", MADE, 2);

    assertThat(closed()).isNull();

    assertThat(counts().getDecisionsUnactivated()).isEqualTo(1);
    assertThat(counts().getRewardsRejected()).isEqualTo(1);
  }

  @Test
  void activationInsideTheWindowMakesADeferredDecisionLearnable() {
    decide(MADE, true);
    rewarded("r", MADE, 2);
    apply(join.reward(state, activation("d", MADE + WINDOW - 1), RECEIVED, counter));

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(2);
    assertThat(counts().getActivationsReceived()).isEqualTo(1);
  }

  @Test
  void activationAtTheWindowsEndDoesNot() {
    decide(MADE, true);
    apply(join.reward(state, activation("d", MADE + WINDOW), RECEIVED, counter));

    assertThat(closed()).isNull();
    assertThat(counts().getDecisionsUnactivated()).isEqualTo(1);
  }

  @Test
  void activationMayComeBeforeItsDecisionAndTheEarliestCounts() {
    apply(join.reward(state, activation("d", MADE + WINDOW + 5), RECEIVED, counter));
    apply(join.reward(state, activation("d", MADE + 5), RECEIVED, counter));
    apply(join.reward(state, activation("d", MADE + WINDOW + 6), RECEIVED, counter));

    decide(MADE, true);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(-0.5);
  }

  @Test
  void activationWithoutADecisionIsForgottenAfterTheWindow() {
    apply(join.reward(state, activation("d", MADE), RECEIVED, counter));
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(MADE + WINDOW);

    closed();

    assertThat(state).isNull();
  }

  @Test
  void surfaceThatLearnsAtTheFirstRewardGetsTheDecisionInThreeStages() {
    join = new RewardJoin(Joins.atFirstReward());

    JoinedDecision shown = requireNonNull(decide(MADE, false));
    assertThat(shown.getStage()).isEqualTo(JoinStage.JOIN_STAGE_SHOWN);
    assertThat(shown.getDecision()).isEqualTo(decision("d", MADE, false));
    assertThat(shown.getReward()).isEqualTo(-0.5);
    assertThat(shown.getRewardCount()).isZero();

    JoinedDecision rewarded = requireNonNull(rewarded("r", MADE + 1, 2));
    assertThat(rewarded.getStage()).isEqualTo(JoinStage.JOIN_STAGE_REWARDED);
    assertThat(rewarded.getDecision()).isEqualTo(decision("d", MADE, false));
    assertThat(rewarded.getReward()).isEqualTo(2);
    assertThat(counts().getRewardsWaiting()).isEqualTo(1);
    assertThat(counts().getDecisionsWaiting()).isEqualTo(1);

    assertThat(rewarded("s", MADE + 2, 3)).isNull();
    JoinedDecision closed = requireNonNull(closed());
    assertThat(closed.getStage()).isEqualTo(JoinStage.JOIN_STAGE_CLOSED);
    assertThat(closed.getReward()).isEqualTo(5);
    assertThat(closed.getRewardCount()).isEqualTo(2);
    assertThat(counts().getRewardsLearned()).isEqualTo(2);
    assertThat(counts().getDecisionsLearned()).isEqualTo(1);
  }

  @Test
  void closedStageHasNoFeaturesButTheOrderAndThePropensity() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, false);

    Decision closed = requireNonNull(closed()).getDecision();

    assertThat(closed.getActionsCount() + closed.getContextCount()).isZero();
    assertThat(closed.getProbabilitiesCount()).isZero();
    assertThat(closed.getOrderList()).containsExactly(0, 1, 2);
    assertThat(closed.getPropensity()).isEqualTo(0.5);
    assertThat(closed.getEventTimeMillis()).isEqualTo(MADE);
  }

  @Test
  void closedStageIsCompleteWhereThatIsWanted() {
    join = new RewardJoin(Joins.atFirstReward(), ActionStore.none(), true);
    decide(MADE, false);
    rewarded("r", MADE + 1, 2);
    rewarded("s", MADE + 2, 3);

    JoinedDecision closed = requireNonNull(closed());

    assertThat(closed.getStage()).isEqualTo(JoinStage.JOIN_STAGE_CLOSED);
    assertThat(closed.getDecision()).isEqualTo(decision("d", MADE, false));
    assertThat(closed.getReward()).isEqualTo(5);
    assertThat(requireNonNull(state).getDecision().getActionsCount()).isZero();
  }

  @Test
  void featuresThatWereDroppedBeforeThatWasWantedAreMissing() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, false);
    rewarded("r", MADE + 1, 2);
    join = new RewardJoin(Joins.atFirstReward(), ActionStore.none(), true);

    assertThat(requireNonNull(closed()).getDecision().getActionsCount()).isZero();
  }

  @Test
  void featuresAreDroppedWithTheFirstReward() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, false);
    rewarded("r", MADE + 1, 2);

    assertThat(requireNonNull(state).getDecision().getActionsCount()).isZero();
  }

  @Test
  void surfaceThatLearnsAtTheFirstRewardRecognisesRepeats() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, false);
    rewarded("r", MADE + 1, 2);

    assertThat(rewarded("r", MADE + 2, 2)).isNull();
    assertThat(decide(MADE, false)).isNull();
    assertThat(requireNonNull(closed()).getReward()).isEqualTo(2);
    rewarded("s", MADE + 2, 2);
    assertThat(counts().getRewardsDuplicate()).isEqualTo(1);
    assertThat(counts().getDecisionsDuplicate()).isEqualTo(1);
    assertThat(counts().getRewardsLate()).isEqualTo(1);
  }

  @Test
  void heldRewardsLeaveWithTheirDecisionRightAfterItIsShown() {
    join = new RewardJoin(Joins.atFirstReward());
    rewarded("r", MADE + 1, 2);
    rewarded("s", MADE + 2, 3);

    List<JoinedDecision> joined =
        applyAll(join.decision(state, decision("d", MADE, false), counter));

    assertThat(joined)
        .extracting(JoinedDecision::getStage)
        .containsExactly(JoinStage.JOIN_STAGE_SHOWN, JoinStage.JOIN_STAGE_REWARDED);
    assertThat(joined.get(1).getReward()).isEqualTo(5);
  }

  @Test
  void deferredDecisionIsShownWhenItIsActivated() {
    join = new RewardJoin(Joins.atFirstReward());
    assertThat(decide(MADE, true)).isNull();
    assertThat(rewarded("r", MADE + 1, 2)).isNull();

    List<JoinedDecision> joined =
        applyAll(join.reward(state, activation("d", MADE + 2), RECEIVED, counter));

    assertThat(joined)
        .extracting(JoinedDecision::getStage)
        .containsExactly(JoinStage.JOIN_STAGE_SHOWN, JoinStage.JOIN_STAGE_REWARDED);
    assertThat(applyAll(join.reward(state, activation("d", MADE + 3), RECEIVED, counter)))
        .isEmpty();
  }

  @Test
  void deferredDecisionThatIsNeverActivatedReachesNoStage() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, true);
    rewarded("r", MADE + 1, 2);

    assertThat(closed()).isNull();
    assertThat(counts().getRewardsRejected()).isEqualTo(1);
  }

  @Test
  void unrewardedDecisionClosesWithTheDefaultReward() {
    join = new RewardJoin(Joins.atFirstReward());
    decide(MADE, false);

    JoinedDecision closed = requireNonNull(closed());

    assertThat(closed.getStage()).isEqualTo(JoinStage.JOIN_STAGE_CLOSED);
    assertThat(closed.getReward()).isEqualTo(-0.5);
    assertThat(closed.getRewardCount()).isZero();
  }

  @Test
  void positionIsCarriedToTheLastStage() {
    join = new RewardJoin(Joins.atFirstReward());
    SourcePosition position =
        SourcePosition.newBuilder().setTopic("decisions").setPartition(3).setOffset(7).build();
    Decision decision = decision("d", MADE, false).toBuilder().setPosition(position).build();
    applyAll(join.decision(state, decision, counter));
    rewarded("r", MADE + 1, 2);

    assertThat(requireNonNull(closed()).getDecision().getPosition()).isEqualTo(position);
  }

  @Test
  void rewardsOverTheBoundAreRejected() {
    decide(MADE, false);
    for (int i = 0; i < RewardJoin.MAX_REWARDS + 3; i++) {
      rewarded("r" + i, MADE + 1, 0.125);
    }

    JoinedDecision joined = requireNonNull(closed());

    assertThat(joined.getRewardCount()).isEqualTo(RewardJoin.MAX_REWARDS);
    assertThat(joined.getReward()).isEqualTo(8);
    assertThat(counts().getRewardsRejected()).isEqualTo(3);
    rewarded("late", MADE + 1, 1);
    assertThat(counts().getRewardsLate()).isEqualTo(1);
    assertThat(requireNonNull(state).getRewardsCount()).isEqualTo(RewardJoin.MAX_REWARDS);
  }

  @Test
  void rewardOutOfRangeIsRejected() {
    rewarded("early", MADE, Double.NaN);
    assertThat(state).isNull();
    decide(MADE, false);
    rewarded("high", MADE, 10.5);
    rewarded("low", MADE, Double.NEGATIVE_INFINITY);

    assertThat(requireNonNull(closed()).getReward()).isEqualTo(-0.5);
    assertThat(counts().getRewardsRejected()).isEqualTo(3);
  }

  @Test
  void timesAtTheEndOfTimeDoNotWrap() {
    decide(Long.MAX_VALUE - 1, false);

    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(closed()).isNotNull();
    assertThat(requireNonNull(state).getClosesMillis()).isEqualTo(Long.MAX_VALUE);
    closed();
    assertThat(state).isNull();
  }

  @Test
  void savedCountsAreAdded() {
    decide(MADE, false);
    rewarded("r", MADE, 2);
    JoinCounter other = new JoinCounter("home");
    other.add(counts());
    other.add(counts());

    assertThat(other.counts().getRewardsWaiting()).isEqualTo(2);
    assertThat(other.counts().getDecisionsReceived()).isEqualTo(2);
    assertThat(Joins.unaccountedRewards(List.of(other.counts()))).isZero();
  }

  private @Nullable JoinedDecision decide(long timeMillis, boolean deferred) {
    return apply(join.decision(state, decision("d", timeMillis, deferred), counter));
  }

  private @Nullable JoinedDecision rewarded(String id, long timeMillis, double value) {
    Reward reward = reward("d", id, timeMillis, value);
    return apply(join.reward(state, reward, RECEIVED, counter));
  }

  private @Nullable JoinedDecision closed() {
    return apply(
        join.close(requireNonNull(state), requireNonNull(state).getClosesMillis(), counter));
  }

  private @Nullable JoinedDecision apply(RewardJoin.Step step) {
    List<JoinedDecision> joined = applyAll(step);
    assertThat(joined).hasSizeLessThanOrEqualTo(1);
    return joined.isEmpty() ? null : joined.get(0);
  }

  private List<JoinedDecision> applyAll(RewardJoin.Step step) {
    state = step.next();
    assertThat(step.closesMillis())
        .isEqualTo(step.next() == null ? 0 : step.next().getClosesMillis());
    return step.joined();
  }

  private JoinCounts counts() {
    return counter.counts();
  }
}
