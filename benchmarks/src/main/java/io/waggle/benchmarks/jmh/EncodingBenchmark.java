package io.waggle.benchmarks.jmh;

import io.waggle.core.feature.Example;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.v1.Decision;
import io.waggle.v1.RankRequest;
import java.util.List;
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
 * What a request costs before it is scored: validation against the contract's rules, and encoding.
 * {@code waggle bench jmh Encoding}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EncodingBenchmark {
  @Param({"10", "50"})
  private int actions;

  @Param("20")
  private int features;

  private final MessageRules rules = new MessageRules();
  private Decision decision;
  private RankRequest request;

  /** One decision and the request for it. */
  @Setup(Level.Trial)
  public void prepare() {
    decision = new Workload(2).decision(actions, features);
    request =
        RankRequest.newBuilder()
            .setSurface(Workload.SURFACE)
            .setUserId("u1")
            .addAllContext(decision.getContextList())
            .addAllActions(decision.getActionsList())
            .build();
  }

  /** Features to the learner's text. */
  @Benchmark
  public String encode() {
    return Example.of(decision).text();
  }

  /** All rules of a rank request. */
  @Benchmark
  public List<Violation> validate() {
    return rules.check(request);
  }
}
