package io.waggle.benchmarks.jmh;

import io.waggle.core.codec.ModelDelta;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
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
 * The codec of models: bytes to a model, a model to bytes, the change from one version to the next
 * (50 decisions later), and the next version from the one before and the change. {@code waggle
 * bench jmh ModelCodec}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ModelCodecBenchmark {
  /** Decisions learned: about 13,000 and 90,000 weights of 2^18. */
  @Param({"20", "1000"})
  private int learned;

  private static final int MORE = 50;

  private byte[] bytes;
  private byte[] newerBytes;
  private byte[] change;
  private VowpalWabbitModel model;
  private ModelDelta.Base base;

  /** Two versions of a learner. */
  @Setup(Level.Trial)
  public void train() throws RejectedExampleException {
    Workload workload = new Workload(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(Workload.ARGUMENTS, null)) {
      learn(learner, workload, learned);
      bytes = learner.modelBytes();
      learn(learner, workload, MORE);
      newerBytes = learner.modelBytes();
    }
    model = VowpalWabbitModel.parse(bytes);
    base = new ModelDelta.Base(bytes);
    change = base.changeTo(newerBytes);
    System.out.printf(
        "%d rows, %d bytes; the change %d bytes%n",
        model.weights().size(), bytes.length, change.length);
  }

  private static void learn(VowpalWabbitLearner learner, Workload workload, int decisions)
      throws RejectedExampleException {
    for (int event = 0; event < decisions; event++) {
      Decision decision = workload.decision(50, 20);
      learner.learn(
          Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
    }
  }

  @Benchmark
  public VowpalWabbitModel read() {
    return VowpalWabbitModel.parse(bytes);
  }

  @Benchmark
  public byte[] write() {
    return model.bytes();
  }

  @Benchmark
  public byte[] makeChange() {
    return base.changeTo(newerBytes);
  }

  @Benchmark
  public byte[] applyChange() {
    return base.apply(change);
  }
}
