package io.waggle.jobs;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalFollow;
import io.waggle.v1.SignalStep;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.Arrays;
import java.util.stream.Stream;

/** Surfaces for the tests of the learning job. */
public final class TestSurfaces {
  /** The reward window of every surface here. */
  public static final long WINDOW = 1_000;

  /** The learner's command line. */
  public static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.2 -b 10 --quiet";

  private TestSurfaces() {}

  /** Surfaces with a learner, uniform and baseline each. */
  public static Surfaces named(String... names) {
    return new Surfaces(Stream.of(names).map(name -> Surface.of(config(name, ARGUMENTS))).toList());
  }

  /** A surface that is live with one learner of that command line, beside uniform and baseline. */
  public static SurfaceConfig config(String name, String arguments) {
    return SurfaceConfig.newBuilder()
        .setName(name)
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("learner")
                .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("baseline")
                .setBaseline(BaselinePolicy.getDefaultInstance()))
        .setLivePolicy("learner")
        .setExplorationFloor(0.1)
        .setReward(
            RewardConfig.newBuilder()
                .setWait(Duration.newBuilder().setSeconds(WINDOW / 1_000))
                .setMin(-1)
                .setMax(1)
                .setAggregation(RewardAggregation.REWARD_AGGREGATION_SUM)
                .setLearnWhen(LearnWhen.LEARN_WHEN_WINDOW_END))
        .build();
  }

  /** The same surfaces, each learning at the first reward. */
  public static Surfaces atFirstReward(String... names) {
    return new Surfaces(
        Arrays.stream(names)
            .map(
                name -> {
                  SurfaceConfig.Builder config = config(name, ARGUMENTS).toBuilder();
                  config.getRewardBuilder().setLearnWhen(LearnWhen.LEARN_WHEN_REWARD);
                  return Surface.of(config.build());
                })
            .toList());
  }

  /** The same surfaces, where a click is worth 0.25 and a cart left behind -0.5. */
  public static Surfaces deriving(String... names) {
    return new Surfaces(
        Arrays.stream(names)
            .map(
                name -> {
                  SurfaceConfig.Builder config = config(name, ARGUMENTS).toBuilder();
                  config
                      .getRewardBuilder()
                      .getDerivedBuilder()
                      .addRules(
                          DerivedRewardRule.newBuilder().setInteraction("click").setValue(0.25))
                      .addRules(DerivedRewardRule.newBuilder().setSignal("left").setValue(-0.5));
                  config.addSignals(left());
                  return Surface.of(config.build());
                })
            .toList());
  }

  private static SignalConfig left() {
    return SignalConfig.newBuilder()
        .setName("left")
        .setWithin(Duration.newBuilder().setNanos(500_000_000))
        .addSteps(SignalStep.newBuilder().setName("cart").setInteraction("cart"))
        .addSteps(
            SignalStep.newBuilder()
                .setName("order")
                .setInteraction("order")
                .setFollow(SignalFollow.SIGNAL_FOLLOW_NOT_BY))
        .build();
  }
}
