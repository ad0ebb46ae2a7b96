package io.waggle.benchmarks.jmh;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import io.waggle.core.explain.WeightIndices;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.core.score.Scorer;
import io.waggle.v1.Decision;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * Our scorer beside VW's text interface on the same model, and beside a bare loop that sums the
 * same weights by indices made before; by part: hashing, the sums, and everything. 50 actions of 20
 * features, 8 features of a user and 12 of a session, both multiplied with the actions': about 450
 * weights an action. {@code waggle bench jmh Scorer -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ScorerBenchmark {
  private static final int EXAMPLES = 32;

  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  @Param({"18", "22"})
  private int bits;

  private VowpalWabbitLearner learner;
  private Scorer scorer;
  private Scorer hashingOnly;
  private float[] weights;
  private Example[] examples;
  private int[][] indices;
  private int next;

  /** Trains on 2,000 decisions and prepares the ones to score. */
  @Setup(Level.Trial)
  public void train() throws RejectedExampleException {
    String arguments = Workload.ARGUMENTS + " -b " + bits;
    Workload workload = new Workload(1);
    learner = VowpalWabbitLearner.open(arguments, null);
    for (int event = 0; event < 2000; event++) {
      Decision decision = workload.decision(actions, features);
      learner.learn(
          Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
    }
    VowpalWabbitModel model = VowpalWabbitModel.parse(learner.modelBytes());
    scorer = Scorer.of(arguments, model);
    hashingOnly = hashingOnly(bits);
    weights = model.weights().dense(bits, WeightTable.WEIGHT);
    examples = new Example[EXAMPLES];
    indices = new int[EXAMPLES][];
    WeightIndices all = new WeightIndices(model.header().options(), arguments, bits);
    for (int i = 0; i < EXAMPLES; i++) {
      examples[i] = Example.of(workload.decision(actions, features));
      IntStream.Builder visited = IntStream.builder();
      all.visit(
          examples[i],
          (index, name) -> {
            visited.add(index);
            return true;
          });
      indices[i] = visited.build().toArray();
      check(learner.predict(examples[i]), scorer.predict(examples[i]));
    }
  }

  /** A fresh model without linear terms or products: what remains is hashing and exploration. */
  private static Scorer hashingOnly(int bits) {
    String arguments = "--cb_explore_adf --epsilon 0.1 --ignore_linear uas --noconstant -b " + bits;
    try (VowpalWabbitLearner fresh = VowpalWabbitLearner.open(arguments, null)) {
      return Scorer.of(arguments, VowpalWabbitModel.parse(fresh.modelBytes()));
    }
  }

  private static void check(Prediction expected, Prediction actual) {
    if (!Arrays.equals(expected.probabilities(), actual.probabilities())) {
      throw new IllegalStateException("the scorer does not answer as VW does");
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    learner.close();
  }

  /** Everything, from features to probabilities. */
  @Benchmark
  public Prediction scorer() {
    return scorer.predict(example());
  }

  /** Features to hashes, and exploration; no weight is read. */
  @Benchmark
  public Prediction scorerWithoutWeights() {
    return hashingOnly.predict(example());
  }

  /** VW from text made before. */
  @Benchmark
  public Prediction vowpalWabbitText() {
    return learner.predict(example());
  }

  /** The same weights by indices made before, summed one after another as VW and we must. */
  @Benchmark
  public float bareLoop() {
    example();
    float sum = 0;
    for (int index : indices[next]) {
      sum += weights[index];
    }
    return sum;
  }

  private Example example() {
    next = (next + 1) % EXAMPLES;
    return examples[next];
  }
}
