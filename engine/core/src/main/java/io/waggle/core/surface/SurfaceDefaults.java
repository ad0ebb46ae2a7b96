package io.waggle.core.surface;

import com.google.protobuf.Duration;
import io.waggle.state.join.DerivationSettings;
import io.waggle.state.join.RewardSettings;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SessionConfig;

/** What the parts of a surface are where a configuration leaves them unset. Pure. */
final class SurfaceDefaults {
  static final java.time.Duration REWARD_WAIT = java.time.Duration.ofMinutes(10);

  private SurfaceDefaults() {}

  static RewardSettings reward(RewardConfig config) {
    // proto3 cannot tell an unset number from 0, so 0 and 0 (an empty range) stand for "unset".
    boolean rangeUnset = config.getMin() == 0 && config.getMax() == 0;
    return new RewardSettings(
        config.hasWait() ? duration(config.getWait()) : REWARD_WAIT,
        config.getDefaultReward(),
        rangeUnset ? 0 : config.getMin(),
        rangeUnset ? 1 : config.getMax(),
        config.getAggregation() == RewardAggregation.REWARD_AGGREGATION_UNSPECIFIED
            ? RewardAggregation.REWARD_AGGREGATION_SUM
            : config.getAggregation(),
        config.getLearnWhen() == LearnWhen.LEARN_WHEN_UNSPECIFIED
            ? LearnWhen.LEARN_WHEN_WINDOW_END
            : config.getLearnWhen(),
        config.hasDerived() ? DerivationSettings.of(config.getDerived()) : DerivationSettings.NONE);
  }

  static SessionSettings session(SessionConfig config) {
    SessionSettings unset = SessionSettings.DEFAULT;
    return new SessionSettings(
        config.hasGap() ? duration(config.getGap()) : unset.gap(),
        config.hasAffinityHalfLife()
            ? duration(config.getAffinityHalfLife())
            : unset.affinityHalfLife(),
        config.hasTimeToLive() ? duration(config.getTimeToLive()) : unset.timeToLive());
  }

  static java.time.Duration duration(Duration duration) {
    return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}
