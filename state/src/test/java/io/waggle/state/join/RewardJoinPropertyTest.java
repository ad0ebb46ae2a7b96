package io.waggle.state.join;

import static io.waggle.state.join.Joins.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Decision;
import io.waggle.v1.JoinCounts;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.SlotReward;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random interleavings of decisions, rewards, activations, repeats and time over a few decisions,
 * against {@link JoinOracle}, with the equations checked after every step.
 */
final class RewardJoinPropertyTest {
  private static final int STEPS = 1_500;
  private static final int LIVE_IDS = 12;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void joinAgreesWithTheOracleAndEveryEquationHolds(long seed) {
    RewardAggregation[] all = {
      RewardAggregation.REWARD_AGGREGATION_FIRST,
      RewardAggregation.REWARD_AGGREGATION_LAST,
      RewardAggregation.REWARD_AGGREGATION_SUM,
      RewardAggregation.REWARD_AGGREGATION_MEAN,
      RewardAggregation.REWARD_AGGREGATION_MIN,
      RewardAggregation.REWARD_AGGREGATION_MAX
    };
    RewardAggregation aggregation = all[(int) (seed % all.length)];
    for (LearnWhen learnWhen :
        List.of(LearnWhen.LEARN_WHEN_WINDOW_END, LearnWhen.LEARN_WHEN_REWARD)) {
      for (boolean together : List.of(false, true)) {
        for (boolean completeAtClose : List.of(false, true)) {
          RewardSettings settings = Joins.derived(aggregation, learnWhen, 0.75, together);
          new Run(seed, settings, completeAtClose).run();
        }
      }
    }
  }

  /** One run: the join driven as the operator drives it, beside the oracle. */
  private static final class Run {
    private final Random random;
    private final JoinCounter counter = new JoinCounter("home");
    // Room for two of three actions: some are shared, some stay in their decisions.
    private final ActionStore store = new ActionStore(2, 1 << 20);
    private final Map<String, Decision> made = new TreeMap<>();
    private final RewardJoin join;
    private final boolean completeAtClose;
    private final boolean together;
    private final JoinOracle oracle;
    private final Map<String, PendingDecision> states = new TreeMap<>();
    private final Map<String, List<JoinOracle.Sent>> sentOn = new TreeMap<>();
    private final List<String> sent = new ArrayList<>();
    private long nowMillis = 1_000_000;
    private long watermarkMillis = nowMillis;
    private int nextId;

    Run(long seed, RewardSettings settings, boolean completeAtClose) {
      random = new Random(seed);
      this.completeAtClose = completeAtClose;
      join = new RewardJoin(settings, store, completeAtClose);
      oracle = new JoinOracle(settings.learnWhen() == LearnWhen.LEARN_WHEN_REWARD, settings);
      together = settings.derived().together();
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        check(i);
      }
      advanceTo(nowMillis + 10 * WINDOW);
      check(STEPS);
      advanceTo(nowMillis + 12 * WINDOW);
      assertThat(states).isEmpty();
      assertThat(store.size()).isPositive();
      JoinCounts end = counter.counts();
      assertThat(end.getRewardsWaiting()).isZero();
      assertThat(end.getDecisionsWaiting()).isZero();
      // Every way a record can go was taken: otherwise the generator proves little.
      assertThat(end.getRewardsLearned()).isPositive();
      assertThat(end.getRewardsLate()).isPositive();
      assertThat(end.getRewardsDuplicate()).isPositive();
      assertThat(end.getRewardsOrphan()).isPositive();
      assertThat(end.getRewardsRejected()).isGreaterThan(end.getRewardsSuperseded());
      assertThat(end.getRewardsSuperseded() > 0).isNotEqualTo(together);
      assertThat(end.getRewardsDerived()).isPositive();
      assertThat(end.getDecisionsLearned()).isPositive();
      assertThat(end.getDecisionsDuplicate()).isPositive();
      assertThat(end.getDecisionsUnactivated()).isPositive();
    }

    private void step() {
      nowMillis += random.nextInt(40);
      switch (random.nextInt(10)) {
        case 0, 1 -> decide();
        case 2, 3, 4, 5 -> reward();
        case 6 -> activate();
        case 7 -> burst();
        default -> advanceTo(nowMillis - random.nextInt(300));
      }
    }

    private String someId() {
      if (random.nextInt(4) == 0) {
        nextId++;
      }
      return "d" + Math.max(0, nextId - random.nextInt(LIVE_IDS));
    }

    private long someTime() {
      return nowMillis + random.nextInt(-2 * (int) WINDOW, (int) WINDOW / 2);
    }

    private void decide() {
      String id = someId();
      Decision decision =
          Joins.decision(id, nowMillis - random.nextInt(200), random.nextInt(3) == 0);
      // A repeat is the same decision: its id says whether it has slots and a user.
      int kind = id.hashCode() % 4;
      decision = kind == 0 ? Joins.withSlots(decision) : decision;
      decision = kind == 1 ? decision.toBuilder().clearUserId().build() : decision;
      oracle.decision(decision);
      PendingDecision before = states.get(id);
      if (before == null || !before.hasDecision()) {
        made.put(id, decision);
      }
      apply(id, join.decision(before, decision, counter));
    }

    private void reward() {
      String decisionId = someId();
      boolean repeat = !sent.isEmpty() && random.nextInt(5) == 0;
      String rewardId = repeat ? sent.get(sent.size() - 1) : "r" + sent.size();
      if (!repeat) {
        sent.add(rewardId);
      }
      reward(repeat ? lastRewarded : decisionId, rewardId, someTime());
    }

    private String lastRewarded = "d0";

    private void reward(String decisionId, String rewardId, long timeMillis) {
      lastRewarded = decisionId;
      Reward reward =
          someKind(
              Joins.reward(decisionId, rewardId, timeMillis, random.nextInt(-4, 5) / 8.0)
                  .toBuilder());
      oracle.reward(reward);
      apply(decisionId, join.reward(states.get(decisionId), reward, 1, counter));
    }

    /** Explicit or derived; for a slot, a user and an item that may not be the decision's. */
    private Reward someKind(Reward.Builder reward) {
      if (random.nextInt(3) > 0) {
        return reward.setSlotId(pick("", "", "", "top", "side", "nowhere")).build();
      }
      return reward
          .setDerived(true)
          .setUserId(pick("user", "user", "user", "other"))
          .setItemId(pick("", "a", "a", "b", "c"))
          .build();
    }

    private String pick(String... among) {
      return among[random.nextInt(among.length)];
    }

    /** More rewards for one decision than are held. */
    private void burst() {
      if (random.nextInt(12) != 0) {
        return;
      }
      String decisionId = someId();
      for (int i = 0; i < RewardJoin.MAX_REWARDS + 8; i++) {
        sent.add("r" + sent.size());
        reward(decisionId, sent.get(sent.size() - 1), someTime());
      }
    }

    private void activate() {
      String decisionId = someId();
      long timeMillis = someTime();
      oracle.activation(decisionId, timeMillis);
      apply(
          decisionId,
          join.reward(
              states.get(decisionId), Joins.activation(decisionId, timeMillis), 1, counter));
    }

    /** Fires what is due, as event-time timers do: a state may close more than once on the way. */
    private void advanceTo(long timeMillis) {
      watermarkMillis = Math.max(watermarkMillis, timeMillis);
      oracle.advance(watermarkMillis);
      for (String id = nextDue(); id != null; id = nextDue()) {
        PendingDecision state = Objects.requireNonNull(states.get(id));
        store.reached(state.getClosesMillis());
        apply(id, join.close(state, watermarkMillis, counter));
      }
    }

    /** Whose timer is next, as event time has come so far; null: nobody's. */
    private @Nullable String nextDue() {
      return states.entrySet().stream()
          .filter(each -> each.getValue().getClosesMillis() <= watermarkMillis)
          .min(Comparator.comparingLong(each -> each.getValue().getClosesMillis()))
          .map(Map.Entry::getKey)
          .orElse(null);
    }

    private void apply(String decisionId, RewardJoin.Step step) {
      if (step.next() == null) {
        states.remove(decisionId);
      } else {
        states.put(decisionId, step.next());
        assertThat(step.next().getRewardsCount()).isLessThanOrEqualTo(RewardJoin.MAX_REWARDS);
      }
      for (JoinedDecision joined : step.joined()) {
        if (completeAtClose || joined.getStage() != JoinStage.JOIN_STAGE_CLOSED) {
          assertThat(joined.getDecision()).isEqualTo(made.get(decisionId));
        }
        sentOn
            .computeIfAbsent(decisionId, unknown -> new ArrayList<>())
            .add(
                new JoinOracle.Sent(
                    joined.getStage().name().replace("JOIN_STAGE_", ""),
                    joined.getReward(),
                    joined.getRewardCount(),
                    joined.getSlotRewardsList().stream().map(SlotReward::getReward).toList()));
      }
    }

    private void check(int step) {
      JoinCounts counts = counter.counts();
      assertThat(Joins.unaccountedRewards(List.of(counts))).as("step %d", step).isZero();
      assertThat(Joins.unaccountedDecisions(List.of(counts))).as("step %d", step).isZero();
      if (step % 10 == 0) {
        assertThat(counts).as("step %d", step).isEqualTo(oracle.counts());
        assertThat(sentOn).as("step %d", step).isEqualTo(oracle.sent());
      }
    }
  }
}
