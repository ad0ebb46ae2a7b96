package io.waggle.benchmarks.jmh;

import io.waggle.core.evaluate.EvaluationSettings;
import io.waggle.core.evaluate.Evidence;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyEvaluation;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Running evaluation of a policy: one decision more, an evaluation with its intervals, and its
 * state as it is kept. {@code waggle bench jmh Evaluator}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EvaluatorBenchmark {
  private static final int DECISIONS = 4_096;
  private static final EvaluationSettings SETTINGS = new EvaluationSettings(0, 1, 0.05);

  private final PolicyEvaluator evaluator = new PolicyEvaluator(SETTINGS);
  private final Evidence[] evidence = new Evidence[DECISIONS];
  private EvaluatorState saved;
  private int next;

  /** Decisions of a logger that explores, one in ten rewarded. */
  @Setup(Level.Trial)
  public void prepare() {
    Random random = new Random(7);
    for (int i = 0; i < DECISIONS; i++) {
      boolean best = random.nextDouble() < 0.9;
      evidence[i] =
          Evidence.of(best ? 0.95 : 0.05, best ? 0.9 : 0.1, random.nextInt(10) == 0 ? 1 : 0);
      evaluator.add(evidence[i]);
    }
    saved = evaluator.state();
  }

  /** One decision more. */
  @Benchmark
  public PolicyEvaluator add() {
    next = (next + 1) % DECISIONS;
    evaluator.add(evidence[next]);
    return evaluator;
  }

  /** Every estimate and interval as of now. */
  @Benchmark
  public PolicyEvaluation evaluate() {
    return evaluator.evaluate().build();
  }

  /** To the bytes of a checkpoint and back. */
  @Benchmark
  public PolicyEvaluator saveAndRestore() throws Exception {
    return PolicyEvaluator.restore(EvaluatorState.parseFrom(saved.toByteArray()), SETTINGS);
  }
}
