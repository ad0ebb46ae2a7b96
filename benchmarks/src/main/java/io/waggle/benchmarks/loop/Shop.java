package io.waggle.benchmarks.loop;

import io.waggle.core.surface.Surface;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;

/** A surface for sessions alone: without a catalogue nothing is pushed. */
public final class Shop {
  private Shop() {}

  /** The surface, everything else by default. */
  public static Surface surface() {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("shop")
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("uniform")
                    .setUniform(UniformPolicy.getDefaultInstance()))
            .setLivePolicy("uniform")
            .setReward(RewardConfig.getDefaultInstance())
            .build());
  }
}
