package io.waggle.benchmarks.jmh;

import com.sun.management.ThreadMXBean;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.Table;
import io.waggle.benchmarks.result.RunFacts;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The steps of the request path by the processor time of their own thread, which other programs on
 * the machine disturb far less than the clock, and the bytes they allocate: {@code waggle bench
 * steps}. The steps are those of {@link RankPathBenchmark}.
 */
@Command(
    name = "steps",
    mixinStandardHelpOptions = true,
    description = "The request path step by step, by processor time and bytes allocated.")
public final class StepsCommand implements Callable<Integer> {
  private static final int ROUNDS = 5;

  @Mixin private RequestSize size = new RequestSize();

  @Option(names = "--calls", description = "of a step in a round (default: ${DEFAULT-VALUE})")
  private int calls = 3_000;

  @Option(names = "--out", description = "result file (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("benchmarks/target/steps.json");

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  // What a step returns is kept where the compiler cannot know that nobody looks.
  private volatile @Nullable Object kept;

  /** What was seen of a step. */
  private static final class Seen {
    /** Microseconds of processor time a call. */
    final Rounds micros = new Rounds();

    /** Allocated by a call in the last round. */
    double bytes;
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = RunFacts.of("waggle bench steps");
    RankPathBenchmark path = size.path();
    Map<String, Seen> seen;
    try {
      seen = measure(steps(path));
    } finally {
      path.close();
    }
    size.putInto(result);
    result.put("steps", figures(seen));
    Table table = new Table("step", "us", "least", "most", "bytes");
    seen.forEach(
        (name, step) ->
            table.row(
                name,
                Rounds.shown(step.micros.median()),
                Rounds.shown(Collections.min(step.micros.all())),
                Rounds.shown(Collections.max(step.micros.all())),
                String.format(Locale.ROOT, "%,.0f", step.bytes)));
    table.lines().forEach(System.out::println);
    JsonFile.write(out, result);
    System.out.printf("%nWritten to %s.%n", out);
    return 0;
  }

  private Map<String, Callable<Object>> steps(RankPathBenchmark path) {
    Map<String, Callable<Object>> steps = new LinkedHashMap<>();
    steps.put("parse", path::parse);
    steps.put("read, actions known", path::readKnown);
    steps.put("read, actions new", path::readNew);
    steps.put("validate", path::validate);
    steps.put("validate, actions known", path::validateKnown);
    steps.put("look up session", path::lookUpSession);
    steps.put("encode", path::encode);
    steps.put("score", path::score);
    steps.put("draw", path::draw);
    steps.put("rank (encode, score, draw, decision, answer)", path::rank);
    steps.put("answer to bytes", path::answer);
    steps.put("decision to bytes", path::serializeDecision);
    steps.put("decision to bytes, actions known", path::serializeKnownDecision);
    steps.put("parse a decision", path::parseDecision);
    steps.put("parse a decision and hand it over", path::parseAndHandOver);
    steps.put("end to end, actions known", path::endToEnd);
    steps.put("end to end, actions new", path::endToEndOfNew);
    steps.put("JSON to request", path::readJson);
    steps.put("JSON to request, actions known", path::readKnownJson);
    return steps;
  }

  /** A round unmeasured, then the others; in a round each step has its turn. */
  private Map<String, Seen> measure(Map<String, Callable<Object>> steps) throws Exception {
    Map<String, Seen> seen = new LinkedHashMap<>();
    for (int round = 0; round <= ROUNDS; round++) {
      for (Map.Entry<String, Callable<Object>> step : steps.entrySet()) {
        long allocated = thread.getCurrentThreadAllocatedBytes();
        long nanos = thread.getCurrentThreadCpuTime();
        for (int call = 0; call < calls; call++) {
          kept = step.getValue().call();
        }
        double micros = (thread.getCurrentThreadCpuTime() - nanos) / 1e3 / calls;
        double bytes = (double) (thread.getCurrentThreadAllocatedBytes() - allocated) / calls;
        if (round > 0) {
          Seen one = seen.computeIfAbsent(step.getKey(), unknown -> new Seen());
          one.micros.add(micros);
          one.bytes = bytes;
        }
      }
    }
    Objects.requireNonNull(kept, "every step returns something");
    return seen;
  }

  private static List<Map<String, Object>> figures(Map<String, Seen> seen) {
    List<Map<String, Object>> figures = new ArrayList<>();
    seen.forEach(
        (name, step) -> {
          Map<String, Object> figure = new LinkedHashMap<>();
          figure.put("step", name);
          figure.put("processor_us", step.micros.median());
          figure.put("rounds_us", step.micros.sorted());
          figure.put("bytes", step.bytes);
          figures.add(figure);
        });
    return figures;
  }
}
