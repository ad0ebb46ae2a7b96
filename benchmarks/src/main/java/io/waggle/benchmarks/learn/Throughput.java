package io.waggle.benchmarks.learn;

import com.google.protobuf.Duration;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.vowpalwabbit.spark.VowpalWabbitNative;

/**
 * One shape of examples, learned in turns by VW alone, handed finished texts, and by the whole
 * operator, handed the bytes that the join sends: parse, check, encode, predict, learn, evaluate,
 * publish, write the examples. One thread.
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
   * Medians over the turns.
   *
   * @param shares of the operator's processor time by what was done, descending; sums to 1
   */
  record Result(Rate bare, Rate operator, Map<String, Double> shares) {}

  /**
   * Events per second of the clock and of the thread's processor time: other processes disturb only
   * the first; collections run on other threads and count only in the first.
   */
  record Rate(double perSecond, double perProcessorSecond) {
    static Rate median(List<Rate> turns) {
      return new Rate(
          median(turns.stream().map(Rate::perSecond)),
          median(turns.stream().map(Rate::perProcessorSecond)));
    }

    private static double median(Stream<Double> values) {
      List<Double> sorted = values.sorted().toList();
      return sorted.get(sorted.size() / 2);
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
          PackedFeatures.pack(
                  JoinedDecision.newBuilder()
                      .setDecision(decision)
                      .setReward(reward)
                      .setRewardCount(1)
                      .setRewardTimeMillis(decision.getEventTimeMillis())
                      .build())
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
      List<Rate> bareRates = new ArrayList<>();
      List<Rate> operatorRates = new ArrayList<>();
      rate(vowpalWabbit, millis);
      rate(operator, 3 * millis);
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
      return new Result(Rate.median(bareRates), Rate.median(operatorRates), profile.shares());
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

  /** Learns for about so many milliseconds of processor time. */
  private static Rate rate(Step step, long millis) throws Exception {
    long start = System.nanoTime();
    long startProcessor = Profile.processorNanos();
    long end = startProcessor + millis * 1_000_000;
    int events = 0;
    long now = startProcessor;
    while (now < end) {
      for (int i = 0; i < BATCH; i++) {
        step.learn(events++);
      }
      now = Profile.processorNanos();
    }
    return new Rate(
        events * 1e9 / (System.nanoTime() - start), events * 1e9 / (now - startProcessor));
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
