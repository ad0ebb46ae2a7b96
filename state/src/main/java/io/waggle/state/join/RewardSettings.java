package io.waggle.state.join;

import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import java.io.Serializable;
import java.time.Duration;

/**
 * How the rewards of a surface are joined.
 *
 * @param window how long a decision waits; the window is exclusive
 * @param defaultReward reward of a decision that got none
 * @param min smallest possible reward
 * @param max largest possible reward, above {@code min}
 * @param aggregation never unspecified
 * @param learnWhen never unspecified
 */
public record RewardSettings(
    Duration window,
    double defaultReward,
    double min,
    double max,
    RewardAggregation aggregation,
    LearnWhen learnWhen)
    implements Serializable {}
