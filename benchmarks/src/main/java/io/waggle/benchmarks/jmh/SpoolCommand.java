package io.waggle.benchmarks.jmh;

import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.Table;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.benchmarks.result.RunFacts;
import io.waggle.core.rank.Ranker;
import io.waggle.server.log.DecisionLog;
import io.waggle.server.log.Outgoing;
import io.waggle.server.log.SpooledDecisions;
import io.waggle.server.log.TopicWriter;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.v1.Decision;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What decision 0042 costs: rankings whose decisions go nowhere, straight to a producer from memory
 * as feedback does, and through the spool's files; until the last is acknowledged. By the processor
 * time of the whole process, since the spool's work is done by threads of its own, and by that of
 * the thread that ranks: {@code waggle bench spool}. The three take turns in each round.
 */
@Command(
    name = "spool",
    mixinStandardHelpOptions = true,
    description = "A ranking with its decision through the spool, from memory, and not logged.")
public final class SpoolCommand implements Callable<Integer> {
  private static final int WARM_UP_ROUNDS = 5;
  private static final long BUFFER_BYTES = 128L << 20;
  private static final long SPOOL_BYTES = 512L << 20;
  private static final String NOWHERE = "not logged";
  private static final String MEMORY = "from memory";
  private static final String SPOOL = "through the spool";

  @Mixin private RequestSize size = new RequestSize();

  @Option(names = "--calls", description = "of a way in a round (default: ${DEFAULT-VALUE})")
  private int calls = 1_000;

  @Option(names = "--rounds", description = "that are measured (default: ${DEFAULT-VALUE})")
  private int rounds = 20;

  @Option(names = "--out", description = "result file (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("benchmarks/target/spool.json");

  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Where a decision goes; false: there was no room. */
  private interface Way {
    boolean log(Decision decision);
  }

  /** What was seen of a way: microseconds of processor time a call. */
  private static final class Seen {
    /** Of all threads. */
    final Rounds process = new Rounds();

    /** Of the thread that ranks. */
    final Rounds caller = new Rounds();
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = RunFacts.of("waggle bench spool");
    Map<String, Seen> seen;
    int bytes;
    ServerMetrics metrics = new ServerMetrics(PrometheusMeterRegistries.newRegistry());
    RankPath.Discarding fromMemory = new RankPath.Discarding();
    RankPath.Discarding fromSpool = new RankPath.Discarding();
    RankPathBenchmark path = size.path();
    try (TemporaryDirectory directory = TemporaryDirectory.create("spool");
        TopicWriter writer = new TopicWriter("bench-write", fromMemory, BUFFER_BYTES);
        SpooledDecisions spooled =
            new SpooledDecisions(
                directory.path(),
                Decision::toByteArray,
                fromSpool,
                BUFFER_BYTES,
                SPOOL_BYTES,
                metrics.spool())) {
      DecisionLog log = new DecisionLog(spooled, metrics.spool());
      bytes = path.rank().decision().getSerializedSize();
      Map<String, Way> ways = new LinkedHashMap<>();
      ways.put(NOWHERE, decision -> true);
      ways.put(MEMORY, decision -> writer.offer(List.of(outgoing(decision))) != null);
      ways.put(SPOOL, log::log);
      seen = measure(path, ways, Map.of(MEMORY, fromMemory, SPOOL, fromSpool));
    } finally {
      path.close();
    }
    size.putInto(result);
    result.put("decision_bytes", bytes);
    result.put("calls_a_round", calls);
    result.put("ways", figures(seen));
    Table table = new Table("decision", "process us", "caller us", "x process", "x caller");
    Seen base = Objects.requireNonNull(seen.get(MEMORY));
    seen.forEach(
        (name, way) ->
            table.row(
                name,
                Rounds.shown(way.process.median()),
                Rounds.shown(way.caller.median()),
                Rounds.shown(way.process.ratio(base.process)),
                Rounds.shown(way.caller.ratio(base.caller))));
    table.lines().forEach(System.out::println);
    JsonFile.write(out, result);
    System.out.printf("%nx: beside from memory. Written to %s.%n", out);
    return 0;
  }

  private static Outgoing outgoing(Decision decision) {
    return new Outgoing(
        "decisions", decision.getDecisionId(), decision.getEventTimeMillis(), decision);
  }

  private Map<String, Seen> measure(
      RankPathBenchmark path, Map<String, Way> ways, Map<String, RankPath.Discarding> ends)
      throws InterruptedException {
    Map<String, Seen> seen = new LinkedHashMap<>();
    ways.keySet().forEach(name -> seen.put(name, new Seen()));
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        RankPath.Discarding end = ends.get(way.getKey());
        long expected = end == null ? 0 : end.taken() + calls;
        long processNanos = process.getProcessCpuTime();
        long callerNanos = thread.getCurrentThreadCpuTime();
        for (int call = 0; call < calls; call++) {
          Ranker.Ranked ranked = path.rank();
          if (!way.getValue().log(ranked.decision())) {
            throw new IllegalStateException(way.getKey() + ": no room (expected: fewer --calls)");
          }
        }
        callerNanos = thread.getCurrentThreadCpuTime() - callerNanos;
        if (end != null) {
          end.awaitTaken(expected);
        }
        processNanos = process.getProcessCpuTime() - processNanos;
        if (round >= 0) {
          Seen one = Objects.requireNonNull(seen.get(way.getKey()));
          one.process.add(processNanos / 1e3 / calls);
          one.caller.add(callerNanos / 1e3 / calls);
        }
      }
    }
    return seen;
  }

  private static List<Map<String, Object>> figures(Map<String, Seen> seen) {
    Seen base = Objects.requireNonNull(seen.get(MEMORY));
    List<Map<String, Object>> figures = new ArrayList<>();
    seen.forEach(
        (name, way) -> {
          Map<String, Object> figure = new LinkedHashMap<>();
          figure.put("decision", name);
          figure.put("process_us", way.process.median());
          figure.put("caller_us", way.caller.median());
          figure.put("process_ratio", way.process.ratio(base.process));
          figure.put("caller_ratio", way.caller.ratio(base.caller));
          figure.put("rounds_process_us", way.process.all());
          figure.put("rounds_caller_us", way.caller.all());
          figures.add(figure);
        });
    return figures;
  }
}
