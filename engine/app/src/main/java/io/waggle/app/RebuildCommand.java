package io.waggle.app;

import io.waggle.app.rebuild.Rebuild;
import io.waggle.app.rebuild.RebuildReport;
import io.waggle.app.report.LiveScreen;
import io.waggle.app.topics.ClientFile;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.history.KafkaPastExamples;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.state.registry.ModelName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a kept model version once more and compares the bytes. */
@Command(
    name = "rebuild",
    description = {
      "Learn a version's examples again, from topic examples, and compare the bytes.",
      "Exit code 0: equal; 1: different, or something it takes is missing, which is said."
    },
    mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
  private static final long LINE_EVERY_MILLIS = 5_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SURFACE/POLICY@VERSION", description = "The version.")
  private String version = "";

  @Option(
      names = "--registry",
      required = true,
      paramLabel = "DIR",
      description = "The registry: a directory, or a URI of a file system that Flink knows.")
  private String registry = "";

  @Option(
      names = "--surfaces",
      required = true,
      paramLabel = "PATH",
      description = "File or directory of the surfaces.")
  private Path surfaces = Path.of("");

  @Option(
      names = "--bootstrap",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Kafka's addresses.")
  private String bootstrap = "";

  @Mixin private ClientFile clientFile = new ClientFile();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ModelName name;
    try {
      name = ModelName.parse(version);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Path logs = Files.createTempDirectory("waggle-rebuild");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.remove(logs), "waggle-sweep"));
    Logging.toFile(logs);
    LiveScreen screen =
        new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
    RebuildReport report =
        new Rebuild(
                RegistrySettings.in(registry()).open(),
                new KafkaPastExamples(clientFile.reach(bootstrap)),
                new Surfaces(SurfaceFiles.read(surfaces).stream().map(Surface::of).toList()),
                Learners::open,
                new ShownProgress(screen))
            .run(name);
    screen.say(name + ": " + report.outcome().name().toLowerCase(Locale.ROOT));
    report.lines().forEach(screen::say);
    return report.outcome() == RebuildReport.Outcome.EQUAL ? 0 : Waggle.FAILED;
  }

  private URI registry() {
    return registry.contains(":/")
        ? URI.create(registry)
        : Path.of(registry).toAbsolutePath().toUri();
  }

  /** Rate, share and time left. */
  private static final class ShownProgress implements Rebuild.Progress {
    private final LiveScreen screen;
    private final long startNanos = System.nanoTime();

    ShownProgress(LiveScreen screen) {
      this.screen = screen;
    }

    @Override
    public void learned(long examples, long total) {
      long nowNanos = System.nanoTime();
      double perSecond = examples / Math.max(1e-3, (nowNanos - startNanos) / 1e9);
      String line =
          "waggle: %d of %d examples (%d %%), %.0f a second, %.0f s left"
              .formatted(
                  examples,
                  total,
                  100 * examples / Math.max(1, total),
                  perSecond,
                  (total - examples) / Math.max(1, perSecond));
      screen.show(List.of(line), line, nowNanos);
    }
  }
}
