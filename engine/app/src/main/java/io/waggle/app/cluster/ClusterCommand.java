package io.waggle.app.cluster;

import io.waggle.app.demo.FrontPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A cluster of processes on this machine: {@code cluster up|status|down|logs}. */
@Command(
    name = "cluster",
    description = {
      "Run everything as processes of their own.",
      "Kafka, a Flink job manager and two task managers, two ranking services, and a keeper that",
      "starts what ended again."
    },
    mixinStandardHelpOptions = true)
public final class ClusterCommand implements Runnable {
  private static final int FAILED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Which cluster. */
  static final class Data {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("waggle-cluster");

    private Cluster cluster() {
      return new Cluster(directory);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "up",
      description = {
        "Start it, go on from its newest checkpoints or the savepoints it was stopped with, return",
        "when it is ready."
      },
      mixinStandardHelpOptions = true)
  int up(
      @Mixin Data data,
      @Option(
              names = "--surfaces",
              paramLabel = "FILE",
              description = "Surface file, or directory of them (default: a news front page).")
          @Nullable Path surfaces,
      @Option(
              names = "--port",
              defaultValue = "8080",
              description = {
                "Port of the first service, the second has the next; 0 for any free ones",
                "(default: ${DEFAULT-VALUE})."
              })
          int port,
      @Option(
              names = "--parallelism",
              defaultValue = "1",
              description = "Subtasks of each job's operators (default: ${DEFAULT-VALUE}).")
          int parallelism,
      @Option(
              names = "--from",
              paramLabel = "DIR",
              description = {
                "Go back: start both jobs from the savepoints in this folder of down --savepoint;",
                "what they checkpointed since is moved aside."
              })
          @Nullable Path from)
      throws InterruptedException {
    List<SurfaceConfig> served =
        surfaces == null ? List.of(FrontPage.config()) : SurfaceFiles.read(surfaces);
    served.forEach(Surface::of);
    Ports ports =
        data.cluster()
            .up(new Cluster.Start(served, port, parallelism, from), step -> say("waggle: " + step));
    say(ready(data, ports));
    return 0;
  }

  private static String ready(Data data, Ports ports) {
    return """

        The cluster is up. Data: %s
        Ranking services: http://127.0.0.1:%d and http://127.0.0.1:%d (gRPC and JSON, /metrics)
        Kafka: %s. Flink: http://127.0.0.1:%d/jobs/overview
        Metrics of the jobs: http://127.0.0.1:%d/metrics and http://127.0.0.1:%d/metrics
        All of them for Prometheus: %s

        It runs until ./waggle cluster down --data %s"""
        .formatted(
            data.cluster().directory().root(),
            ports.services().get(0),
            ports.services().get(1),
            ports.bootstrapServers(),
            ports.rest(),
            ports.taskManagerMetrics().get(0),
            ports.taskManagerMetrics().get(1),
            data.cluster().directory().scrapeTargets(),
            data.directory);
  }

  @Command(
      name = "status",
      description = "Each process and job; ends with 1 unless all of them work.",
      mixinStandardHelpOptions = true)
  int status(@Mixin Data data) throws InterruptedException {
    Cluster cluster = data.cluster();
    Optional<Ports> ports = cluster.ports();
    if (ports.isEmpty()) {
      say("No cluster was ever up on " + cluster.directory().root());
      return FAILED;
    }
    new ClusterStatus(cluster, ports.get()).lines().forEach(this::say);
    List<String> missing = cluster.missing(ports.get());
    if (!cluster.running().containsKey(Member.KEEPER)) {
      missing.add(0, "the keeper");
    }
    say(missing.isEmpty() ? "All works." : "Missing: " + String.join(", ", missing));
    return missing.isEmpty() ? 0 : FAILED;
  }

  @Command(
      name = "down",
      description = "Stop it; the data stay, and up goes on with them.",
      mixinStandardHelpOptions = true)
  int down(
      @Mixin Data data,
      @Option(
              names = "--savepoint",
              description = "First stop both jobs with a savepoint each, for the next version.")
          boolean savepoint)
      throws InterruptedException {
    Cluster cluster = data.cluster();
    if (savepoint) {
      Path folder = cluster.savepoint(step -> say("waggle: " + step));
      say(
          "Savepoints: "
              + folder
              + " (the next up goes on from them; up --from goes back to them)");
    }
    int stopped = cluster.down(name -> say("waggle: stopped " + name));
    if (stopped == 0) {
      say("Nothing runs on " + cluster.directory().root());
    }
    return 0;
  }

  @Command(
      name = "logs",
      description = "The last lines that processes wrote.",
      mixinStandardHelpOptions = true)
  int logs(
      @Mixin Data data,
      @Option(
              names = "--lines",
              defaultValue = "20",
              description = "Lines of each (default: ${DEFAULT-VALUE}).")
          int lines,
      @Parameters(
              paramLabel = "PROCESS",
              arity = "0..*",
              description = "kafka or service-1, for example (default: all).")
          @Nullable List<String> processes) {
    Cluster cluster = data.cluster();
    List<String> names = cluster.names();
    if (names.isEmpty()) {
      say("No cluster was ever up on " + cluster.directory().root());
      return FAILED;
    }
    List<String> wanted = processes == null || processes.isEmpty() ? names : processes;
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "PROCESS: %s (expected: one of %s)".formatted(name, String.join(", ", names)));
      }
    }
    if (lines < 1) {
      throw new IllegalArgumentException("--lines: %d (expected: 1 or more)".formatted(lines));
    }
    for (String name : wanted) {
      for (Path file : List.of(cluster.directory().log(name), cluster.directory().output(name))) {
        Deque<String> last = tail(file, lines);
        if (!last.isEmpty()) {
          say("== " + file);
          last.forEach(this::say);
        }
      }
    }
    return 0;
  }

  private static Deque<String> tail(Path file, int lines) {
    Deque<String> last = new ArrayDeque<>();
    if (Files.exists(file)) {
      try (Stream<String> all = Files.lines(file, StandardCharsets.ISO_8859_1)) {
        all.forEach(
            line -> {
              if (last.size() == lines) {
                last.removeFirst();
              }
              last.addLast(line);
            });
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
    return last;
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
