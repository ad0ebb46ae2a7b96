package io.waggle.app;

import io.waggle.app.cluster.DemoCluster;
import io.waggle.app.demo.Demo;
import io.waggle.app.demo.DemoReport;
import io.waggle.app.demo.EmbeddedLoop;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.surface.Surface;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the loop at work on simulated readers, and checks that it works. */
@Command(
    name = "demo",
    description = {
      "Run everything, in one process or in several, and let simulated readers use it.",
      "They read a news front page.",
      "0: it learned, recovered from a shift of tastes, and every count balances. 1: it did not."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final long LINE_EVERY_MILLIS = 5_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--seconds", description = "How long readers come (default: ${DEFAULT-VALUE}).")
  private int seconds = 60;

  @Option(names = "--rate", description = "Page views a second (default: ${DEFAULT-VALUE}).")
  private double rate = 250;

  @Option(
      names = "--warm-up",
      description = "Seconds whose latencies are not recorded (default: ${DEFAULT-VALUE}).")
  private int warmUpSeconds = 5;

  @Option(names = "--readers", description = "Simulated readers (default: ${DEFAULT-VALUE}).")
  private int readers = 2_000;

  @Option(names = "--seed", description = "Seed of readers and tastes (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep the data here (default: a folder that is removed afterwards).")
  private @Nullable Path data;

  @Option(
      names = "--cluster",
      description = {
        "Use the cluster that is up on the data directory; else start one there, and stop it",
        "afterwards. Delays are then read from histograms: a bucket's upper bound."
      })
  private boolean cluster;

  @Option(
      names = "--chart",
      paramLabel = "FILE",
      description = "Where the chart goes (default: ${DEFAULT-VALUE}).")
  private Path chart = Path.of("waggle-demo.svg");

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Demo.Plan plan = new Demo.Plan(rate, seconds, warmUpSeconds, readers, seed);
    if (data != null) {
      return run(plan, data);
    }
    Path temporary = Files.createTempDirectory("waggle-demo");
    Thread sweeper = new Thread(() -> Folders.remove(temporary), "waggle-sweep");
    Runtime.getRuntime().addShutdownHook(sweeper);
    return run(plan, temporary);
  }

  private int run(Demo.Plan plan, Path directory) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Logging.toFile(directory);
    LiveScreen screen = new LiveScreen(out, Terminal.isPresent(), LINE_EVERY_MILLIS);
    DemoReport report =
        cluster ? onCluster(plan, directory, screen) : here(plan, directory, screen);
    screen.say("");
    report.lines().forEach(screen::say);
    Files.writeString(chart, report.chart());
    screen.say("");
    screen.say("Chart: " + chart);
    if (json != null) {
      JsonFile.write(json, report.figures());
    }
    return report.passed() ? 0 : Waggle.FAILED;
  }

  private static DemoReport here(Demo.Plan plan, Path directory, LiveScreen screen)
      throws IOException, InterruptedException {
    try (EmbeddedWaggle waggle =
        EmbeddedWaggle.start(
            EmbeddedWaggle.Settings.in(directory),
            Demo.surfaces(),
            step -> screen.say("waggle: " + step))) {
      return Demo.run(plan, new EmbeddedLoop(waggle), screen);
    }
  }

  private static DemoReport onCluster(Demo.Plan plan, Path directory, LiveScreen screen)
      throws IOException, InterruptedException {
    try (DemoCluster running =
        DemoCluster.open(
            directory,
            Demo.surfaces().all().stream().map(Surface::config).toList(),
            step -> screen.say("waggle: " + step))) {
      return Demo.run(plan, running.loop(), screen);
    }
  }
}
