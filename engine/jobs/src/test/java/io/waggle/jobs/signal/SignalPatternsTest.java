package io.waggle.jobs.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalFollow;
import io.waggle.v1.SignalOnce;
import io.waggle.v1.SignalSkip;
import io.waggle.v1.SignalStep;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.Random;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalPatternsTest {
  private static final SignalFollow[] FOLLOWS = {
    SignalFollow.SIGNAL_FOLLOW_UNSPECIFIED,
    SignalFollow.SIGNAL_FOLLOW_NEXT,
    SignalFollow.SIGNAL_FOLLOW_BY,
    SignalFollow.SIGNAL_FOLLOW_BY_ANY,
    SignalFollow.SIGNAL_FOLLOW_NOT_NEXT,
    SignalFollow.SIGNAL_FOLLOW_NOT_BY
  };

  /** What the check of a surface lets through must not stop the job when it starts. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everySignalThatTheCheckTakesIsAPattern(long seed) {
    Random random = new Random(seed);
    int taken = 0;
    for (int i = 0; i < 5_000; i++) {
      SignalConfig signal = signal(random);
      if (isTaken(signal)) {
        taken++;
        assertThatCode(() -> NFACompiler.compileFactory(SignalPatterns.compile(signal), false))
            .as("seed %d: %s", seed, signal)
            .doesNotThrowAnyException();
      }
    }
    assertThat(taken).isGreaterThan(100);
  }

  private static boolean isTaken(SignalConfig signal) {
    try {
      var unused =
          Surface.of(
              SurfaceConfig.newBuilder()
                  .setName("shop")
                  .addPolicies(
                      PolicyConfig.newBuilder()
                          .setName("uniform")
                          .setUniform(UniformPolicy.getDefaultInstance()))
                  .setLivePolicy("uniform")
                  .setReward(RewardConfig.getDefaultInstance())
                  .addSignals(signal)
                  .build());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static SignalConfig signal(Random random) {
    SignalConfig.Builder signal =
        SignalConfig.newBuilder()
            .setName("signal")
            .setWithin(Duration.newBuilder().setSeconds(60))
            .setSkip(SignalSkip.forNumber(random.nextInt(4)))
            .setOnce(
                random.nextInt(3) == 0
                    ? SignalOnce.SIGNAL_ONCE_LAST
                    : SignalOnce.SIGNAL_ONCE_UNSPECIFIED);
    int steps = 1 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      SignalStep.Builder step = SignalStep.newBuilder().setName("s" + i).setInteraction("click");
      if (i > 0) {
        step.setFollow(FOLLOWS[random.nextInt(FOLLOWS.length)]).setOptional(one(random, 5));
      }
      step.setTimes(one(random, 4) ? 1 + random.nextInt(3) : 0)
          .setOneOrMore(one(random, 6))
          .setUntil(one(random, 6) ? "order" : "")
          .setExactly(one(random, 8))
          .setSameItemAs(one(random, 4) ? "s" + random.nextInt(i + 1) : "");
      signal.addSteps(step);
    }
    return signal.build();
  }

  private static boolean one(Random random, int in) {
    return random.nextInt(in) == 0;
  }
}
