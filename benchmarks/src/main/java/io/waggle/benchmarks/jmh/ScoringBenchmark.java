package io.waggle.benchmarks.jmh;

import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Decision;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scoring one decision with a trained model: VW alone on prepared text, and the whole step from
 * features (guard, encoding, VW). {@code waggle bench jmh Scoring}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ScoringBenchmark {
  private static final int EXAMPLES = 64;

  @Param({"10", "50"})
  private int actions;

  @Param("20")
  private int features;

  private VowpalWabbitLearner learner;
  private Decision[] decisions;
  private Example[] encoded;
  private int next;

  /** Trains on 5,000 decisions and encodes the ones to score. */
  @Setup(Level.Trial)
  public void train() throws RejectedExampleException {
    Workload workload = new Workload(1);
    learner = VowpalWabbitLearner.open(Workload.ARGUMENTS, null);
    for (int event = 0; event < 5000; event++) {
      Decision decision = workload.decision(actions, features);
      learner.learn(
          Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
    }
    decisions = new Decision[EXAMPLES];
    encoded = new Example[EXAMPLES];
    for (int event = 0; event < EXAMPLES; event++) {
      decisions[event] = workload.decision(actions, features);
      encoded[event] = Example.of(decisions[event]);
      learner.predict(encoded[event]);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    learner.close();
  }

  /** The learner library alone: the text is there already. */
  @Benchmark
  public Prediction scorePreparedText() {
    next = (next + 1) % EXAMPLES;
    return learner.predict(encoded[next]);
  }

  /** From features to probabilities. */
  @Benchmark
  public Prediction encodeAndScore() {
    next = (next + 1) % EXAMPLES;
    return learner.predict(Example.of(decisions[next]));
  }
}
