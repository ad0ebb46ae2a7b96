package io.waggle.benchmarks.jmh;

import io.waggle.state.join.ActionStore;
import io.waggle.state.join.JoinCounter;
import io.waggle.state.join.RewardJoin;
import io.waggle.state.join.RewardSettings;
import io.waggle.v1.Decision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import java.time.Duration;
import java.util.Objects;
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
 * One join: a decision comes, its reward comes, the window closes; the state machine alone, and
 * with the bytes that RocksDB sees. {@code waggle bench jmh Join}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JoinBenchmark {
  @Param({"10", "50"})
  private int actions;

  /** True: waiting decisions refer to their actions, which are kept once. */
  @Param({"false", "true"})
  private boolean shared;

  private RewardJoin join;
  private final JoinCounter counter = new JoinCounter(Workload.SURFACE);
  private Decision decision;
  private Reward reward;

  /** One decision, whose actions are known after the first time, and its reward. */
  @Setup(Level.Trial)
  public void prepare() {
    join =
        new RewardJoin(
            new RewardSettings(
                Duration.ofMinutes(10),
                0,
                0,
                1,
                RewardAggregation.REWARD_AGGREGATION_SUM,
                LearnWhen.LEARN_WHEN_WINDOW_END),
            shared ? new ActionStore(20_000, 8L << 20) : ActionStore.none(),
            false);
    decision = new Workload(4).decision(actions, 20);
    reward = Workload.reward(decision);
  }

  /** The state machine alone. */
  @Benchmark
  public RewardJoin.Step join() {
    PendingDecision waiting = state(join.decision(null, decision, counter));
    PendingDecision rewarded =
        state(join.reward(waiting, reward, decision.getEventTimeMillis(), counter));
    return join.close(rewarded, rewarded.getClosesMillis(), counter);
  }

  /** The same with the state written and read between the steps. */
  @Benchmark
  public RewardJoin.Step joinThroughBytes() throws Exception {
    byte[] waiting = state(join.decision(null, decision, counter)).toByteArray();
    byte[] rewarded =
        state(
                join.reward(
                    PendingDecision.parseFrom(waiting),
                    reward,
                    decision.getEventTimeMillis(),
                    counter))
            .toByteArray();
    PendingDecision last = PendingDecision.parseFrom(rewarded);
    return join.close(last, last.getClosesMillis(), counter);
  }

  private static PendingDecision state(RewardJoin.Step step) {
    return Objects.requireNonNull(step.next(), "the window is open");
  }
}
