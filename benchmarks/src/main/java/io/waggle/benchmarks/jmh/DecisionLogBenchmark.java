package io.waggle.benchmarks.jmh;

import io.waggle.app.log.LogFormats;
import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Decisions a second into and out of a log by its format, one thread, with a line that says the
 * bytes of a decision. 5,000 decisions among some of a catalogue of 1,000 actions with 20 features
 * each, 8 of the user, 12 of the session; no two probabilities and no two orders are alike. {@code
 * waggle bench jmh DecisionLog}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DecisionLogBenchmark {
  private static final int DECISIONS = 5_000;
  private static final int CATALOGUE = 1_000;

  @Param({"10", "50"})
  private int actions;

  @Param({"parquet", "jsonl", "jsonl.gz"})
  private String format;

  private Path directory;
  private final List<LoggedDecision> decisions = new ArrayList<>();

  /** The decisions, and a log of them. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    directory = Files.createTempDirectory("decision-log");
    Workload workload = new Workload(5);
    Random random = new Random(5);
    List<Action> catalogue = new ArrayList<>(workload.actions(CATALOGUE, 20));
    for (int i = 0; i < DECISIONS; i++) {
      Decision.Builder decision = workload.decision(actions, 0).toBuilder().clearActions();
      for (int j = 0; j < actions; j++) {
        Collections.swap(catalogue, j, j + random.nextInt(CATALOGUE - j));
      }
      decision.clearOrder().clearProbabilities();
      List<Integer> order = new ArrayList<>(IntStream.range(0, actions).boxed().toList());
      Collections.shuffle(order, random);
      double[] weights = random.doubles(actions).toArray();
      double sum = Arrays.stream(weights).sum();
      for (double weight : weights) {
        decision.addProbabilities(weight / sum);
      }
      decision
          .addAllOrder(order)
          .setPropensity(decision.getProbabilities(order.get(0)))
          .addAllActions(catalogue.subList(0, actions))
          .setEventTimeMillis(decision.getEventTimeMillis() + i);
      decisions.add(
          new LoggedDecision(
              JoinedDecision.newBuilder()
                  .setDecision(decision)
                  .setReward(random.nextInt(2))
                  .setRewardCount(1)
                  .build()));
    }
    write();
    System.out.printf(
        Locale.ROOT,
        "%s, %d actions: %.0f bytes a decision%n",
        format,
        actions,
        (double) Files.size(file()) / DECISIONS);
  }

  @Benchmark
  @OperationsPerInvocation(DECISIONS)
  public void write() throws IOException {
    try (DecisionLogWriter log = LogFormats.create(file(), null)) {
      for (LoggedDecision decision : decisions) {
        log.write(decision);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(DECISIONS)
  public double read() throws IOException {
    double reward = 0;
    try (DecisionLog log = LogFormats.open(file(), null)) {
      for (LoggedDecision each = log.next(); each != null; each = log.next()) {
        reward += each.joined().getReward();
      }
    }
    return reward;
  }

  private Path file() {
    return directory.resolve("log." + format);
  }

  @TearDown(Level.Trial)
  public void delete() throws IOException {
    Files.deleteIfExists(file());
    Files.deleteIfExists(directory);
  }
}
