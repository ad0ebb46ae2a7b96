package io.waggle.benchmarks.bakeoff;

import com.google.protobuf.Duration;
import io.waggle.benchmarks.learn.LearningLine;
import io.waggle.benchmarks.learn.WatchedLearner;
import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Decision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import java.util.Random;

/**
 * One run of one algorithm: each row is a decision that goes, with its reward, through the join and
 * the learner; what chooses is the learner as it stands. The label is hidden: a reward is 1 where
 * the class chosen is right and 0 where it is not. Protocols "online" and "offline" of the
 * reference. One thread.
 */
final class Simulation implements AutoCloseable {
  private static final String SURFACE = "bake-off";
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final int WAIT_MILLIS = 1_000;

  private final Classification data;
  private final WatchedLearner learner = new WatchedLearner();
  private final LearningLine line;

  Simulation(Classification data, String arguments) throws Exception {
    this.data = data;
    this.line = new LearningLine(surface(arguments), learner);
  }

  private static Surface surface(String arguments) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(SURFACE)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("algorithm")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .setLivePolicy("algorithm")
            // The reference samples from what the algorithm says, without a floor.
            .setMinPropensity(1e-6)
            .setReward(
                RewardConfig.newBuilder()
                    .setWait(Duration.newBuilder().setSeconds(WAIT_MILLIS / 1_000))
                    .setLearnWhen(LearnWhen.LEARN_WHEN_WINDOW_END))
            .build());
  }

  /** Rewards of every row, in order, while the algorithm learns from its own choices. */
  boolean[] online(long seed) throws Exception {
    Random random = new Random(seed);
    boolean[] rewards = new boolean[data.rows()];
    for (int row = 0; row < rewards.length; row++) {
      Prediction prediction = learner.learner().predict(example(row));
      int action = draw(prediction, random.nextDouble());
      rewards[row] = data.labels().get(row) == action;
      feed(row, action, prediction.probabilities()[action], rewards[row]);
    }
    return rewards;
  }

  /** The mean reward of the log, and of the learned policy's best guess on the rows after it. */
  double[] offline(long seed) throws Exception {
    Random random = new Random(seed);
    int classes = data.actions().size();
    int logged = data.rows() * 7 / 10;
    int rewarded = 0;
    for (int row = 0; row < logged; row++) {
      int action = random.nextInt(classes);
      boolean right = data.labels().get(row) == action;
      rewarded += right ? 1 : 0;
      feed(row, action, 1.0 / classes, right);
    }
    int right = 0;
    for (int row = logged; row < data.rows(); row++) {
      double[] probabilities = learner.learner().predict(example(row)).probabilities();
      int best = 0;
      for (int action = 1; action < classes; action++) {
        best = probabilities[action] > probabilities[best] ? action : best;
      }
      right += data.labels().get(row) == best ? 1 : 0;
    }
    return new double[] {(double) rewarded / logged, (double) right / (data.rows() - logged)};
  }

  private Example example(int row) {
    return new Example(List.of(data.contexts().get(row)), List.of(), data.actions());
  }

  /** The first action, in the algorithm's order, at which the running sum exceeds the number. */
  private static int draw(Prediction prediction, double uniform) {
    double running = 0;
    for (int action : prediction.order()) {
      running += prediction.probabilities()[action];
      if (running > uniform) {
        return action;
      }
    }
    return prediction.order()[prediction.order().length - 1];
  }

  private void feed(int row, int action, double propensity, boolean right) throws Exception {
    long nowMillis = START_MILLIS + (long) row * 2 * WAIT_MILLIS;
    String id = "row-" + row;
    line.decide(
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface(SURFACE)
            .setEventTimeMillis(nowMillis)
            .addContext(data.contexts().get(row))
            .addAllActions(data.actions())
            .addOrder(action)
            .setPropensity(propensity)
            .setPolicy("algorithm")
            .build());
    line.reward(
        Reward.newBuilder()
            .setDecisionId(id)
            .setSurface(SURFACE)
            .setRewardId("reward-" + row)
            .setEventTimeMillis(nowMillis + 1)
            .setValue(right ? 1 : 0)
            .build());
    if (line.passTime(nowMillis + WAIT_MILLIS) != 1 || line.deadLetters() != 0) {
      throw new IllegalStateException("row " + row + " was not learned");
    }
  }

  @Override
  public void close() throws Exception {
    line.close();
  }
}
