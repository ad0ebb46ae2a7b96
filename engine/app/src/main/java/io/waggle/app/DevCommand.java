package io.waggle.app;

import io.waggle.app.demo.FrontPage;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.SurfaceConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the whole loop in this process until it is stopped. */
@Command(
    name = "dev",
    description = {
      "Run everything in one process: Kafka, the jobs, the ranking service.",
      "What it knows is in the data directory and survives a restart, a kill included."
    },
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("waggle-data");

  @Option(
      names = "--surfaces",
      paramLabel = "FILE",
      description = "Surface file, or directory of them (default: a news front page).")
  private @Nullable Path surfaces;

  @Option(names = "--host", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "Port of the service, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Option(
      names = "--kafka-port",
      description = "Port of the broker, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int kafkaPort = 0;

  @Option(
      names = "--decision-log",
      paramLabel = "DIR",
      description = {
        "Write joined decisions there as Parquet, some seconds after their windows close",
        "(default: nowhere)."
      })
  private @Nullable Path decisionLog;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    List<Surface> served = served().stream().map(Surface::of).toList();
    Path log = Logging.toFile(data);
    EmbeddedWaggle waggle =
        EmbeddedWaggle.start(
            new EmbeddedWaggle.Settings(data, host, port, kafkaPort, decisionLog),
            new Surfaces(served),
            step -> say(out, "waggle: " + step));
    Runtime.getRuntime().addShutdownHook(new Thread(waggle::close, "waggle-stop"));
    say(out, ready(waggle, log, served.get(0)));
    try {
      waggle.failure().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("stopped because a job failed; see " + log, e.getCause());
    }
    return 0;
  }

  private List<SurfaceConfig> served() {
    return surfaces == null ? List.of(FrontPage.config()) : SurfaceFiles.read(surfaces);
  }

  private static void say(PrintWriter out, String text) {
    out.println(text);
    out.flush();
  }

  private String ready(EmbeddedWaggle waggle, Path log, Surface surface) {
    String url = "http://" + host + ":" + waggle.port();
    String actions =
        surface.catalogue().isEmpty()
            ? ", \"actions\": [{\"id\": \"first\"}, {\"id\": \"second\"}]"
            : "";
    String slots = surface.multiSlot() ? ", \"slots\": [{\"id\": \"top\"}]" : "";
    return """

        Waggle is ready: %1$s (gRPC and JSON). Data: %2$s, log: %3$s
        Kafka: %4$s. Metrics: %1$s/metrics and http://127.0.0.1:%5$d/metrics (jobs)

        Rank for a user; the answer names the decision:
          curl -s %1$s/v1/rank -H 'content-type: application/json' \\
            -d '{"surface": "%6$s", "userId": "ann", "decisionId": "d1"%7$s}'

        Tell what the user did; the next ranking knows it:
          curl -s %1$s/v1/track -H 'content-type: application/json' \\
            -d '{"interactions": [{"surface": "%6$s", "userId": "ann", "type": "click", "itemId": "first", "category": "sport", "decisionId": "d1"}]}'

        Reward the decision; the model learns it:
          curl -s %1$s/v1/reward -H 'content-type: application/json' \\
            -d '{"surface": "%6$s", "decisionId": "d1", "value": %8$s}'

        See what the policies know and are worth:
          ./waggle policies --at %9$s:%10$d

        Stop with Ctrl-C.
        """
        .formatted(
            url,
            data.toAbsolutePath().normalize(),
            log,
            waggle.bootstrapServers(),
            waggle.jobMetricsPort(),
            surface.name(),
            actions + slots,
            surface.reward().max(),
            host,
            waggle.port());
  }
}
