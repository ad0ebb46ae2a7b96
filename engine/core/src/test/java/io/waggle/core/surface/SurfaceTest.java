package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.waggle.state.join.DerivationSettings;
import io.waggle.v1.Action;
import io.waggle.v1.DerivedCombination;
import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.PushConfig;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SessionConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.TrafficShare;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SurfaceTest {
  @Test
  void unsetFieldsGetTheirDefaults() {
    Surface surface = Surface.of(minimal().build());

    assertThat(surface.name()).isEqualTo("front");
    assertThat(surface.policies()).containsExactly(uniform("random"));
    assertThat(surface.livePolicy()).isEqualTo("random");
    assertThat(surface.traffic()).isEmpty();
    assertThat(surface.reward().window()).isEqualTo(java.time.Duration.ofMinutes(10));
    assertThat(surface.reward().defaultReward()).isZero();
    assertThat(surface.reward().min()).isZero();
    assertThat(surface.reward().max()).isEqualTo(1);
    assertThat(surface.reward().aggregation()).isEqualTo(RewardAggregation.REWARD_AGGREGATION_SUM);
    assertThat(surface.reward().learnWhen()).isEqualTo(LearnWhen.LEARN_WHEN_WINDOW_END);
    assertThat(surface.session().gap()).isEqualTo(java.time.Duration.ofMinutes(30));
    assertThat(surface.session().affinityHalfLife()).isEqualTo(java.time.Duration.ofDays(7));
    assertThat(surface.session().timeToLive()).isEqualTo(java.time.Duration.ofDays(90));
    assertThat(surface.catalogue()).isEmpty();
    assertThat(surface.pushRankings()).isFalse();
    assertThat(surface.logPushedDecisions()).isFalse();
    assertThat(surface.multiSlot()).isFalse();
    assertThat(surface.explorationFloor()).isEqualTo(0.02);
    assertThat(surface.minPropensity()).isEqualTo(1e-4);
    assertThat(surface.alpha()).isEqualTo(0.05);
  }

  @Test
  void everyFieldIsTakenAsGiven() {
    PolicyConfig learner = learner("learner", "--cb_explore_adf --squarecb -q ab");
    Action article = Action.newBuilder().setId("article").build();
    TrafficShare share = share("random", 0.25);

    Surface surface =
        Surface.of(
            SurfaceConfig.newBuilder()
                .setName("mail")
                .addPolicies(learner)
                .addPolicies(uniform("random"))
                .setLivePolicy("learner")
                .addTraffic(share)
                .setReward(
                    RewardConfig.newBuilder()
                        .setWait(Duration.newBuilder().setSeconds(2).setNanos(500_000_000))
                        .setDefaultReward(-0.5)
                        .setMin(-1)
                        .setMax(3)
                        .setAggregation(RewardAggregation.REWARD_AGGREGATION_MAX)
                        .setLearnWhen(LearnWhen.LEARN_WHEN_REWARD))
                .setExplorationFloor(0.1)
                .setMinPropensity(0.003)
                .setSession(
                    SessionConfig.newBuilder()
                        .setGap(Duration.newBuilder().setSeconds(60))
                        .setAffinityHalfLife(Duration.newBuilder().setSeconds(3600))
                        .setTimeToLive(Duration.newBuilder().setSeconds(7200)))
                .addCatalogue(article)
                .setPush(PushConfig.newBuilder().setEnabled(true).setLogDecisions(true))
                .setAlpha(0.01)
                .build());

    assertThat(surface.name()).isEqualTo("mail");
    assertThat(surface.policies()).containsExactly(learner, uniform("random"));
    assertThat(surface.livePolicy()).isEqualTo("learner");
    assertThat(surface.policy("random")).isEqualTo(uniform("random"));
    assertThat(surface.traffic()).containsExactly(share);
    assertThat(surface.reward().window()).isEqualTo(java.time.Duration.ofMillis(2500));
    assertThat(surface.reward().defaultReward()).isEqualTo(-0.5);
    assertThat(surface.reward().min()).isEqualTo(-1);
    assertThat(surface.reward().max()).isEqualTo(3);
    assertThat(surface.reward().aggregation()).isEqualTo(RewardAggregation.REWARD_AGGREGATION_MAX);
    assertThat(surface.reward().learnWhen()).isEqualTo(LearnWhen.LEARN_WHEN_REWARD);
    assertThat(surface.explorationFloor()).isEqualTo(0.1);
    assertThat(surface.minPropensity()).isEqualTo(0.003);
    assertThat(surface.session().gap()).isEqualTo(java.time.Duration.ofMinutes(1));
    assertThat(surface.session().affinityHalfLife()).isEqualTo(java.time.Duration.ofHours(1));
    assertThat(surface.session().timeToLive()).isEqualTo(java.time.Duration.ofHours(2));
    assertThat(surface.catalogue()).containsExactly(article);
    assertThat(surface.pushRankings()).isTrue();
    assertThat(surface.logPushedDecisions()).isTrue();
    assertThat(surface.alpha()).isEqualTo(0.01);
  }

  @Test
  void aFieldThatBreaksItsOwnRuleIsNamedWithItsValue() {
    assertRefused(c -> c.setName("bad name"), "name: bad name (expected: ");
    assertRefused(c -> c.setExplorationFloor(0), "exploration_floor: 0.0 (expected: ");
    assertRefused(c -> c.setLearners(65), "learners: 65 (expected: ");
    assertRefused(c -> c.setAlpha(1), "alpha: 1.0 (expected: ");
    assertRefused(c -> c.setMinPropensity(2), "min_propensity: 2.0 (expected: ");
    assertRefused(SurfaceConfig.Builder::clearReward, "reward: not given (expected: ");
    assertRefused(SurfaceConfig.Builder::clearPolicies, "policies: 0 items (expected: ");
    assertRefused(
        c -> c.getRewardBuilder().setWait(Duration.newBuilder().setSeconds(172_801)),
        "reward.wait: PT48H1S (expected: ");
    assertRefused(
        c -> c.addPolicies(PolicyConfig.newBuilder().setName("none")),
        "policies[1].kind: not given (expected: ");
    assertRefused(
        c -> c.getRewardBuilder().setDefaultReward(Double.NaN),
        "reward.default_reward: NaN (expected: ");
  }

  @Test
  void policyNamesAreUnique() {
    assertRefused(
        c -> c.addPolicies(uniform("random")),
        "policies[1].name: random (expected: unique among the policies)");
  }

  @Test
  void theLivePolicyIsOneOfThePolicies() {
    assertRefused(
        c -> c.setLivePolicy("other"), "live_policy: other (expected: one of the policies)");
  }

  @Test
  void trafficGoesToKnownPoliciesOnceAndSumsToAtMostOne() {
    assertRefused(
        c -> c.addTraffic(share("other", 0.1)),
        "traffic[0].policy: other (expected: one of the policies)");
    assertRefused(
        c -> c.addTraffic(share("random", 0.1)).addTraffic(share("random", 0.1)),
        "traffic[1].policy: random (expected: one share per policy)");
    assertRefused(
        c ->
            c.addPolicies(uniform("b"))
                .addTraffic(share("b", 0.7))
                .addTraffic(share("random", 0.5)),
        "traffic: shares sum to 1.2 (expected: at most 1)");
  }

  @Test
  void tenSharesOfATenthAreAllowed() {
    SurfaceConfig.Builder config = minimal();
    for (int i = 0; i < 10; i++) {
      config.addPolicies(uniform("p" + i)).addTraffic(share("p" + i, 0.1));
    }

    assertThat(Surface.of(config.build()).traffic()).hasSize(10);
  }

  @Test
  void theRewardRangeIsARangeThatHoldsTheDefault() {
    assertRefused(
        c -> c.getRewardBuilder().setMin(2).setMax(2),
        "reward.max: 2.0 (expected: a finite number above reward.min 2.0)");
    assertRefused(
        c -> c.getRewardBuilder().setMin(2),
        "reward.max: 0.0 (expected: a finite number above reward.min 2.0)");
    assertRefused(
        c -> c.getRewardBuilder().setDefaultReward(1.5),
        "reward.default_reward: 1.5 (expected: within [0.0, 1.0])");
    assertRefused(
        c -> c.getRewardBuilder().setMin(-1e308).setMax(1.7e308),
        "reward.max: 1.7E308 (expected: a finite number above reward.min -1.0E308)");
  }

  @Test
  void rulesOfDerivedRewardsAreWithinTheRangeAndEachCanBeReached() {
    DerivedRewardRule click =
        DerivedRewardRule.newBuilder().setInteraction("click").setValue(0.2).build();
    DerivedRewardRule dwell =
        DerivedRewardRule.newBuilder()
            .setInteraction("dwell")
            .setValue(0.1)
            .setProperty("seconds")
            .setAbove(30)
            .build();

    Surface surface = Surface.of(derived(click, dwell, dwell.toBuilder().setAbove(10).build()));

    assertThat(surface.reward().derived().rules()).hasSize(3);
    assertThat(surface.reward().derived().cap()).isEqualTo(0.5);
    assertThat(surface.reward().derived().together()).isTrue();
    assertThat(Surface.of(minimal().build()).reward().derived()).isEqualTo(DerivationSettings.NONE);
    assertRefused(
        c -> c.setReward(derived(click, dwell.toBuilder().setValue(-0.1).build()).getReward()),
        "reward.derived.rules[1].value: -0.1 (expected: within [0.0, 1.0])");
    assertRefused(
        c -> c.setReward(derived(click, dwell, click).getReward()),
        "reward.derived.rules[2].interaction: click (expected: not behind a rule that takes every"
            + " such interaction)");
    assertRefused(
        c -> c.getRewardBuilder().getDerivedBuilder().addRules(click).setCap(0),
        "reward.derived.cap: 0.0 (expected: ");
    assertRefused(
        c -> c.getRewardBuilder().getDerivedBuilder().setCap(1),
        "reward.derived.rules: 0 items (expected: ");
  }

  @Test
  void durationsAreAtLeastTheMillisecondThatTimesAreCountedIn() {
    assertRefused(
        c -> c.getRewardBuilder().setWait(Duration.newBuilder().setNanos(10)),
        "reward.wait: PT0.00000001S (expected: 1 ms to 2 days)");
    assertRefused(
        c -> c.getSessionBuilder().setGap(Duration.newBuilder().setNanos(10)),
        "session.gap: PT0.00000001S (expected: 1 ms to 36,525 days)");
    assertRefused(
        c -> c.getSessionBuilder().setTimeToLive(Duration.newBuilder().setSeconds(60)),
        "session.timeToLive: PT1M (expected: at least the gap, PT30M)");
  }

  @Test
  void aLearnerThatIsNotScoredHereMayRunInTheShadowButNotAnswer() {
    PolicyConfig rnd =
        PolicyConfig.newBuilder()
            .setName("rnd")
            .setVowpalWabbit(
                VowpalWabbitPolicy.newBuilder().setArguments("--cb_explore_adf --rnd 2"))
            .build();
    String rule =
        ": rnd (expected: since it answers requests, only options that the scorer computes, not"
            + " --rnd)";

    Surface.of(minimal().addPolicies(rnd).build());

    assertRefused(c -> c.addPolicies(rnd).setLivePolicy("rnd"), "live_policy" + rule);
    assertRefused(
        c ->
            c.addPolicies(rnd).addTraffic(TrafficShare.newBuilder().setPolicy("rnd").setShare(0.5)),
        "traffic[0].policy" + rule);
  }

  @Test
  void catalogueIdsAreUniqueAndPushNeedsACatalogue() {
    Action a = Action.newBuilder().setId("a").build();
    assertRefused(
        c -> c.addCatalogue(a).addCatalogue(a),
        "catalogue[1].id: a (expected: unique in the catalogue)");
    assertRefused(
        c -> c.getPushBuilder().setEnabled(true),
        "push.enabled: true (expected: a catalogue to rank)");
  }

  @Test
  void aTableHasOneRowPerContextValueAndAction() {
    TableRow row = TableRow.newBuilder().setActionId("a").setProbability(0.5).build();
    assertRefused(
        c ->
            c.addPolicies(
                PolicyConfig.newBuilder()
                    .setName("table")
                    .setTable(TablePolicy.newBuilder().addRows(row).addRows(row))),
        "policies[1].table.rows[1].action_id: a (expected: one row per context value and action)");
    assertRefused(
        c ->
            c.addPolicies(
                PolicyConfig.newBuilder()
                    .setName("table")
                    .setTable(
                        TablePolicy.newBuilder().addRows(row.toBuilder().setContextValue("1")))),
        "policies[1].table.rows[0].context_value: 1 (expected: empty");
  }

  @Test
  void aPopularityPolicysHalfLifeIsBetweenASecondAndTenYears() {
    assertRefused(
        config -> config.addPolicies(popularity(Duration.newBuilder().setNanos(999_999_999))),
        "policies[1].popularity.half_life: 0 s (expected: 1 second to 3650 days)");
    assertRefused(
        config -> config.addPolicies(popularity(Duration.newBuilder().setSeconds(315_360_001))),
        "policies[1].popularity.half_life: 315360001 s (expected: 1 second to 3650 days)");
  }

  private static PolicyConfig popularity(Duration.Builder halfLife) {
    return PolicyConfig.newBuilder()
        .setName("popular")
        .setPopularity(PopularityPolicy.newBuilder().setHalfLife(halfLife))
        .build();
  }

  @Test
  void aLearnersCommandLineMayNotTouchFiles() {
    assertRefused(
        c -> c.addPolicies(learner("l", "--cb_explore_adf -f /tmp/stolen")),
        "policies[1].vowpal_wabbit.arguments: --cb_explore_adf -f /tmp/stolen (expected: ");
  }

  @Test
  void severalLearnersShareOnlyWhatCanBeMerged() {
    assertRefused(
        c -> c.setLearners(2).addPolicies(popularity(Duration.newBuilder().setSeconds(1))),
        "learners: 2 (expected: 1, as policy popular is a popularity)");
    assertRefused(
        c ->
            c.setLearners(2)
                .addPolicies(
                    learner("l", "--cb_explore_adf").toBuilder()
                        .setWarmUp(Duration.newBuilder().setSeconds(1))),
        "learners: 2 (expected: 1, as policy l has a warm_up)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Surface.of(slots().setLearners(2).build()))
        .withMessage("learners: 2 (expected: 1 where multi_slot is true)");
  }

  @Test
  void severalSlotsNeedALearnerThatFillsThem() {
    Surface surface =
        Surface.of(slots().addPolicies(learner("l", "--ccb_explore_adf --squarecb")).build());
    assertThat(surface.multiSlot()).isTrue();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Surface.of(slots().addPolicies(learner("l", "--cb_explore_adf")).build()))
        .withMessage(
            "policies[1].vowpal_wabbit.arguments: --cb_explore_adf (expected: --ccb_explore_adf in"
                + " place of --cb_explore_adf, as the surface has several slots)");
    assertRefused(
        c -> c.addPolicies(learner("l", "--ccb_explore_adf")),
        "policies[1].vowpal_wabbit.arguments: --ccb_explore_adf (expected: --cb_explore_adf in"
            + " place of --ccb_explore_adf, or multi_slot: true)");
  }

  @Test
  void severalSlotsAreNotPushedAndLearnAtTheWindowsEnd() {
    SurfaceConfig.Builder config =
        slots()
            .addCatalogue(Action.newBuilder().setId("a"))
            .setPush(PushConfig.newBuilder().setEnabled(true));
    config.getRewardBuilder().setLearnWhen(LearnWhen.LEARN_WHEN_REWARD);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Surface.of(config.build()))
        .withMessage(
            "push.enabled: true (expected: false, as the surface has several slots)\n"
                + "reward.learn_when: LEARN_WHEN_REWARD (expected: LEARN_WHEN_WINDOW_END, as the"
                + " surface has several slots)");
  }

  private static SurfaceConfig.Builder slots() {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .setMultiSlot(true)
        .setReward(RewardConfig.getDefaultInstance())
        .addPolicies(uniform("random"))
        .setLivePolicy("random");
  }

  @Test
  void everyBrokenRuleIsToldUpToTwentyAndLongValuesAreCut() {
    SurfaceConfig.Builder config = minimal().setLivePolicy("x".repeat(500));
    for (int i = 0; i < 40; i++) {
      config.addPolicies(uniform("random"));
    }

    assertThatThrownBy(() -> Surface.of(config.build())).message().hasLineCount(20);
    assertRefused(
        c -> c.setLivePolicy("x".repeat(500)), "live_policy: " + "x".repeat(80) + "... (expected");
  }

  @Test
  void anUnknownPolicyIsRefusedByName() {
    Surface surface = Surface.of(minimal().build());

    assertThatThrownBy(() -> surface.policy("other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("policy: other (expected: a policy of surface front)");
  }

  @Test
  void surfacesAreFoundByNameInTheOrderGiven() {
    Surface front = Surface.of(minimal().build());
    Surface mail = Surface.of(minimal().setName("mail").build());

    Surfaces surfaces = new Surfaces(List.of(mail, front));

    assertThat(surfaces.all()).containsExactly(mail, front);
    assertThat(surfaces.find("front")).isSameAs(front);
    assertThat(surfaces.find("other")).isNull();
    assertThatThrownBy(() -> new Surfaces(List.of(front, front)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name: front (expected: unique among the surfaces)");
  }

  private static SurfaceConfig derived(DerivedRewardRule... rules) {
    SurfaceConfig.Builder config = SurfaceConfig.newBuilder();
    config
        .getRewardBuilder()
        .getDerivedBuilder()
        .addAllRules(List.of(rules))
        .setCap(0.5)
        .setCombine(DerivedCombination.DERIVED_COMBINATION_TOGETHER);
    return minimal().mergeFrom(config.build()).build();
  }

  private static void assertRefused(Consumer<SurfaceConfig.Builder> change, String message) {
    SurfaceConfig.Builder config = minimal();
    change.accept(config);

    assertThatThrownBy(() -> Surface.of(config.build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static SurfaceConfig.Builder minimal() {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .addPolicies(uniform("random"))
        .setLivePolicy("random")
        .setReward(RewardConfig.getDefaultInstance());
  }

  private static PolicyConfig uniform(String name) {
    return PolicyConfig.newBuilder()
        .setName(name)
        .setUniform(UniformPolicy.getDefaultInstance())
        .build();
  }

  private static PolicyConfig learner(String name, String arguments) {
    return PolicyConfig.newBuilder()
        .setName(name)
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments))
        .build();
  }

  private static TrafficShare share(String policy, double share) {
    return TrafficShare.newBuilder().setPolicy(policy).setShare(share).build();
  }
}
