package io.waggle.benchmarks.learn;

import com.google.protobuf.Duration;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.vowpalwabbit.spark.VowpalWabbitNative;

/**
 * One shape of examples, learned in turns by VW alone, handed finished texts, and by the whole
 * operator, handed the bytes that the join sends: parse, check, encode, predict, learn, evaluate,
 * publish. One thread.
 */
final class Throughput {
  /** Different examples; few, so that the largest shape fits in memory. */
  private static final int EXAMPLES = 64;

  /** Examples between two looks at the clock. */
  private static final int BATCH = 16;

  private final String arguments;
  private final List<byte[]> joined = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  /**
   * @param shares of the operator's time by what was done, descending; sums to 1
   */
  record Result(
      double bareEventsPerSecond, double operatorEventsPerSecond, Map<String, Double> shares) {
    double ratio() {
      return operatorEventsPerSecond / bareEventsPerSecond;
    }
  }

  /** Something that learns example after example. */
  private interface Step {
    void learn(int index) throws Exception;
  }

  /**
   * @param features of each action
   */
  Throughput(String arguments, int actions, int features) {
    this.arguments = arguments;
    Workload workload = new Workload(actions * 1_000L + features);
    for (int event = 0; event < EXAMPLES; event++) {
      Decision decision = workload.decision(actions, features);
      double reward = event % 2;
      joined.add(
          JoinedDecision.newBuilder()
              .setDecision(decision)
              .setReward(reward)
              .setRewardCount(1)
              .setRewardTimeMillis(decision.getEventTimeMillis())
              .build()
              .toByteArray());
      texts.add(
          Example.of(decision)
              .labelledText(decision.getOrder(0), -reward, decision.getPropensity()));
    }
  }

  /** Takes turns, one more of each first to warm up; the medians count. */
  Result measure(int rounds, long millis) throws Exception {
    // Loads VW's library the way the job does.
    Learners.open(arguments, null, 1e-4).close();
    VowpalWabbitNative bare = new VowpalWabbitNative("--quiet " + arguments);
    try (LearningLine line = new LearningLine(surface(), Learners::open)) {
      Step vowpalWabbit = index -> bare.learnFromString(texts.get(index % EXAMPLES));
      Step operator = index -> learn(line, index);
      List<Double> bareRates = new ArrayList<>();
      List<Double> operatorRates = new ArrayList<>();
      rate(vowpalWabbit, millis);
      rate(operator, 2 * millis);
      Profile profile = new Profile();
      for (int round = 0; round < rounds; round++) {
        bareRates.add(rate(vowpalWabbit, millis));
        profile.start();
        operatorRates.add(rate(operator, millis));
        profile.stop();
      }
      if (line.deadLetters() > 0) {
        throw new IllegalStateException("the operator refused examples");
      }
      return new Result(median(bareRates), median(operatorRates), profile.shares());
    } finally {
      bare.close();
    }
  }

  private void learn(LearningLine line, int index) throws Exception {
    line.learn(JoinedDecision.parseFrom(joined.get(index % EXAMPLES)));
    if (index % BATCH == 0) {
      line.publish(System.currentTimeMillis());
    }
  }

  /** Events per second over about so many milliseconds. */
  private static double rate(Step step, long millis) throws Exception {
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    int events = 0;
    long now = start;
    while (now < end) {
      for (int i = 0; i < BATCH; i++) {
        step.learn(events++);
      }
      now = System.nanoTime();
    }
    return events * 1e9 / (now - start);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private Surface surface() {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(Workload.SURFACE)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("learner")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .setLivePolicy("learner")
            .setReward(RewardConfig.newBuilder().setWait(Duration.newBuilder().setSeconds(600)))
            .build());
  }
}
