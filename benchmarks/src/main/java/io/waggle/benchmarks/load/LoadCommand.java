package io.waggle.benchmarks.load;

import io.waggle.app.report.JsonFile;
import io.waggle.benchmarks.loop.FlameGraph;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.benchmarks.result.RunFacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The load generator: {@code waggle bench}, and the other benchmarks as its subcommands. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Rank at growing rates whatever becomes of the calls; latency from when each was due, beside"
          + " calls that do nothing. Starts its own service unless told a target.",
      "0: measured. 1: nothing could be measured."
    })
public final class LoadCommand implements Callable<Integer> {
  private static final Duration SAMPLE_EVERY = Duration.ofMillis(10);

  @Option(
      names = "--scenarios",
      split = ",",
      paramLabel = "NAME",
      description =
          "of grpc, grpc-new, no-op, json, json-no-op, grpc-java, grpc-java-no-op, in-process, vw-text, kafka"
              + " (default: all; with --target the first five)")
  private List<String> scenarios = List.of();

  @Option(
      names = "--rate",
      description =
          "calls a second: one, several (100,200,400) or a ramp (default: ${DEFAULT-VALUE})")
  private String rate = "125..8000";

  @Option(names = "--seconds", description = "of a turn (default: ${DEFAULT-VALUE})")
  private int seconds = 2;

  @Option(
      names = "--turns",
      description = "of each scenario at each rate (default: ${DEFAULT-VALUE})")
  private int turns = 2;

  @Option(
      names = "--warm-up",
      description = "seconds of each scenario before (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds = 4;

  @Option(
      names = "--max-seconds",
      description = "after which no higher rate is begun (default: ${DEFAULT-VALUE})")
  private int maxSeconds = 360;

  @Option(names = "--connections", description = "of a scenario (default: ${DEFAULT-VALUE})")
  private int connections = 1;

  @Option(
      names = "--in-flight",
      description = "most calls without an answer; more are shed (default: ${DEFAULT-VALUE})")
  private int inFlight = 256;

  @Option(names = "--actions", description = "of a request (default: ${DEFAULT-VALUE})")
  private int actions = 50;

  @Option(names = "--features", description = "of an action (default: ${DEFAULT-VALUE})")
  private int features = 20;

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "a service that runs already (default: one in this process)")
  private @Nullable String target;

  @Option(names = "--surface", description = "to rank for at the target")
  private @Nullable String surface;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description = "also draw a flame graph of the measured part")
  private @Nullable Path profile;

  @Option(
      names = "--out",
      description = "result file, a chart beside it (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("benchmarks/target/bench.json");

  @Override
  public Integer call() throws Exception {
    Plan plan = plan();
    Map<String, Object> result = RunFacts.of("waggle bench");
    Progress progress = new Progress();
    Map<Way, List<Point>> points;
    try (TemporaryDirectory directory = TemporaryDirectory.create("waggle-bench")) {
      points =
          target == null
              ? measureHere(plan, directory.path(), progress, result)
              : measureElsewhere(target, plan, directory.path(), progress, result);
    }
    LoadReport report = new LoadReport(points);
    if (!report.anything()) {
      System.err.println("waggle: no call was answered, so nothing was measured");
      return 1;
    }
    result.putAll(report.figures());
    report.lines().forEach(System.out::println);
    JsonFile.write(out, result);
    Path chart = Path.of(out.toString().replaceFirst("\\.json$", "") + ".svg");
    Files.writeString(
        chart,
        LatencyChart.of(
            "Rank, " + plan.actions() + " actions x " + plan.features() + " features", points));
    System.out.printf("%nWritten to %s and %s.%n", out, chart);
    return 0;
  }

  private Plan plan() {
    List<Way> ways =
        scenarios.isEmpty()
            ? List.of(Way.values()).stream()
                .filter(way -> target == null || way.isRemote())
                .toList()
            : scenarios.stream().map(Way::of).distinct().toList();
    return new Plan(
        ways,
        Plan.rates(rate),
        seconds,
        turns,
        warmUpSeconds,
        maxSeconds,
        connections,
        inFlight,
        actions,
        features);
  }

  private Map<Way, List<Point>> measureHere(
      Plan plan, Path directory, Progress progress, Map<String, Object> result) throws Exception {
    try (LoadedBroker broker =
            new LoadedBroker(plan, directory, plan.ways().contains(Way.KAFKA), progress);
        Callers callers = Callers.over(broker, plan, directory, progress)) {
      return measure(plan, callers, directory, progress, result);
    }
  }

  private Map<Way, List<Point>> measureElsewhere(
      String address, Plan plan, Path directory, Progress progress, Map<String, Object> result)
      throws Exception {
    int colon = address.lastIndexOf(':');
    if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException("target: " + address + " (expected: HOST:PORT)");
    }
    if (surface == null) {
      throw new IllegalArgumentException("surface: absent (expected: one that the target has)");
    }
    int port = Integer.parseInt(address.substring(colon + 1));
    try (Callers callers = Callers.of(plan, address.substring(0, colon), port, surface)) {
      return measure(plan, callers, directory, progress, result);
    }
  }

  private Map<Way, List<Point>> measure(
      Plan plan, Callers callers, Path directory, Progress progress, Map<String, Object> result)
      throws Exception {
    result.put("workload", workload(plan, callers));
    LoadRun run = new LoadRun(plan, callers, progress);
    return profile == null ? run.run() : profiled(run, profile, directory);
  }

  private Map<String, Object> workload(Plan plan, Callers callers) {
    Map<String, Object> workload = new LinkedHashMap<>();
    workload.put("service", target == null ? "in this process" : "elsewhere");
    workload.put("actions", plan.actions());
    workload.put("features", plan.features());
    workload.put("users", Requests.COUNT);
    workload.put("request_bytes", callers.requestBytes());
    workload.put("seconds", plan.seconds());
    workload.put("turns", plan.turns());
    workload.put("warm_up_seconds", plan.warmUpSeconds());
    workload.put("connections", plan.connections());
    workload.put("in_flight", plan.inFlight());
    return workload;
  }

  private static Map<Way, List<Point>> profiled(LoadRun run, Path file, Path directory)
      throws Exception {
    try (Recording recording = new Recording(configuration())) {
      recording.enable("jdk.ExecutionSample").withPeriod(SAMPLE_EVERY);
      recording.start();
      Map<Way, List<Point>> points = run.run();
      recording.stop();
      Path recorded = directory.resolve("bench.jfr");
      recording.dump(recorded);
      FlameGraph graph = FlameGraph.of(recorded);
      Files.writeString(file, graph.svg("waggle bench, processor samples every 10 ms"));
      System.out.printf("Flame graph of %d samples: %s%n", graph.samples(), file);
      return points;
    }
  }

  private static Configuration configuration() throws java.io.IOException {
    try {
      return Configuration.getConfiguration("profile");
    } catch (ParseException e) {
      throw new IllegalStateException("the JDK's own profile cannot be read", e);
    }
  }
}
