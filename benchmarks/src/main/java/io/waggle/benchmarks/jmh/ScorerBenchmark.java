package io.waggle.benchmarks.jmh;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import io.waggle.core.explain.WeightIndices;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.core.score.HashedNamespaces;
import io.waggle.core.score.Scorer;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
 * same weights by indices made before. 50 actions of 20 features, 8 features of a user and 12 of a
 * session, both multiplied with the actions': about 440 weights an action. Actions of a catalogue
 * are the same objects in each request, so their hashes are known; those by value are read from
 * their bytes before each call, outside of the measured time. {@code benchmarks/run jmh Scorer
 * -prof gc}; what {@code byValue} allocates there is the reading.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ScorerBenchmark {
  private static final int EXAMPLES = 32;
  private static final int CATALOGUE = 1_000;

  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  @Param({"18", "22"})
  private int bits;

  private VowpalWabbitLearner learner;
  private Scorer scorer;
  private Scorer hashingOnly;
  private Scorer forgetful;
  private float[] weights;
  private Example[] examples;
  private int[][] indices;
  private byte[][] bytes;
  private int next;

  /** An example nobody has seen, checked as it is in a request before it is scored. */
  @State(Scope.Thread)
  public static class Request {
    private Example example;

    /** Reads it. */
    @Setup(Level.Invocation)
    public void read(ScorerBenchmark from) throws InvalidProtocolBufferException {
      from.next = (from.next + 1) % EXAMPLES;
      example = Example.of(Decision.parseFrom(from.bytes[from.next]));
      if (example.problem() != null) {
        throw new IllegalStateException(example.problem());
      }
    }
  }

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
    forgetful = Scorer.of(arguments, model, new HashedNamespaces(2, 0));
    hashingOnly = hashingOnly(bits);
    weights = model.weights().dense(bits, WeightTable.WEIGHT);
    List<Action> catalogue = workload.actions(CATALOGUE, features);
    Random random = new Random(2);
    examples = new Example[EXAMPLES];
    indices = new int[EXAMPLES][];
    bytes = new byte[EXAMPLES][];
    WeightIndices all = new WeightIndices(model.header().options(), arguments, bits);
    for (int i = 0; i < EXAMPLES; i++) {
      Decision decision =
          workload.decision(1, 1).toBuilder()
              .clearActions()
              .addAllActions(
                  random
                      .ints(0, CATALOGUE)
                      .distinct()
                      .limit(actions)
                      .mapToObj(catalogue::get)
                      .toList())
              .build();
      bytes[i] = decision.toByteArray();
      examples[i] = Example.of(decision);
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

  /** Actions of a catalogue, from features to probabilities. */
  @Benchmark
  public Prediction catalogue() {
    return scorer.predict(example());
  }

  /** The same, checked as every request's example is. */
  @Benchmark
  public Prediction catalogueWithChecks() {
    Example known = example();
    return scorer.predict(new Example(known.context(), known.session(), known.actions()));
  }

  /** Actions that came with the request. */
  @Benchmark
  public Prediction byValue(Request request) {
    return scorer.predict(request.example);
  }

  /** The same, and no weight is read: hashing, and exploration. */
  @Benchmark
  public Prediction byValueHashing(Request request) {
    return hashingOnly.predict(request.example);
  }

  /** Hashes of the same objects made again and again: what hashing allocates. */
  @Benchmark
  public Prediction nothingKept() {
    return forgetful.predict(example());
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
