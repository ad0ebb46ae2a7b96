package io.waggle.benchmarks.jmh;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.core.score.Scorer;
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

/**
 * Features to probabilities by kind of exploration, by our scorer on a model that learned: 50
 * actions of 20 features, 8 of the user, 12 of a session, both multiplied with the actions'. {@code
 * waggle bench jmh Exploration -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ExplorationBenchmark {
  private static final int EXAMPLES = 32;
  private static final int LEARNED = 500;

  @Param({
    "--epsilon 0.1",
    "--softmax --lambda 10",
    "--bag 5",
    "--cover 3",
    "--squarecb",
    "--regcb"
  })
  private String exploration;

  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  private Scorer scorer;
  private Example[] examples;
  private int next;

  /** Trains, and prepares the decisions to score. */
  @Setup(Level.Trial)
  public void train() throws RejectedExampleException {
    String arguments = "--cb_explore_adf " + exploration + " --cb_type mtr -q ua -q sa";
    Workload workload = new Workload(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int event = 0; event < LEARNED; event++) {
        Decision decision = workload.decision(actions, features);
        learner.learn(
            Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
      }
      scorer = Scorer.of(arguments, VowpalWabbitModel.parse(learner.modelBytes()));
    }
    examples = new Example[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      examples[i] = Example.of(workload.decision(actions, features));
    }
  }

  @Benchmark
  public Prediction score() {
    next = (next + 1) % EXAMPLES;
    return scorer.predict(examples[next]);
  }
}
