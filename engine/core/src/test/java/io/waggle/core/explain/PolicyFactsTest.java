package io.waggle.core.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyFactsTest {
  @Test
  void aLearnerOfOneRankingSaysWhenItLearns() {
    SurfaceConfig.Builder config = config(learner("--cb_explore_adf --squarecb -q ua"));

    assertThat(facts(config))
        .contains("learns a decision with its rewards of 2.5 s, when these are over")
        .noneMatch(fact -> fact.contains("Slot"));
  }

  @Test
  void oneThatLearnsAtOnceSaysThatItIsCorrected() {
    SurfaceConfig.Builder config = config(learner("--cb_explore_adf"));
    config.getRewardBuilder().setLearnWhen(LearnWhen.LEARN_WHEN_REWARD);

    assertThat(facts(config))
        .contains(
            "learns a decision when it was shown, as not rewarded, and again with its first reward"
                + " within 2.5 s, corrected for the delay");
  }

  @Test
  void mergedLearnersAreCounted() {
    assertThat(facts(config(learner("--cb_explore_adf")).setLearners(3)))
        .contains(
            "learns a decision with its rewards of 2.5 s, when these are over; 3 learners share"
                + " them and are merged");
  }

  @Test
  void severalSlotsAreSaidToHavePlaces() {
    assertThat(facts(config(learner("--ccb_explore_adf -q ua")).setMultiSlot(true)))
        .contains(
            "fills slot after slot from the actions left; the slot's place (Slot.index) counts"
                + " alone and with every feature and interaction");
  }

  @Test
  void popularityLearnsAndUniformDoesNot() {
    assertThat(
            facts(
                config(
                    PolicyConfig.newBuilder()
                        .setPopularity(PopularityPolicy.getDefaultInstance()))))
        .anyMatch(fact -> fact.startsWith("learns a decision"));
    assertThat(
            facts(config(PolicyConfig.newBuilder().setUniform(UniformPolicy.getDefaultInstance()))))
        .noneMatch(fact -> fact.startsWith("learns a decision"));
  }

  private static List<String> facts(SurfaceConfig.Builder config) {
    Surface surface = Surface.of(config.build());
    return PolicyFacts.of(surface, surface.policy("live"));
  }

  private static PolicyConfig.Builder learner(String arguments) {
    return PolicyConfig.newBuilder()
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments));
  }

  private static SurfaceConfig.Builder config(PolicyConfig.Builder policy) {
    return SurfaceConfig.newBuilder()
        .setName("front")
        .setLivePolicy("live")
        .addPolicies(policy.setName("live"))
        .setReward(
            RewardConfig.newBuilder()
                .setWait(Duration.newBuilder().setSeconds(2).setNanos(500_000_000)));
  }
}
