package io.waggle.benchmarks.load;

import io.waggle.app.report.JsonFile;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.benchmarks.result.RunFacts;
import io.waggle.server.ServerSettings.Turnover;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Calls that fail while two replicas are restarted under load: {@code waggle bench restart}. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    description = {
      "Two ranking services under a constant load, restarted one after the other: calls that fail.",
      "0: none. 1: some, or nothing could be measured."
    })
public final class RestartCommand implements Callable<Integer> {
  @Option(names = "--rate", description = "calls a second (default: ${DEFAULT-VALUE})")
  private int rate = 100;

  @Option(
      names = "--warm-up",
      description = "of a replica before it is ready (default: ${DEFAULT-VALUE})")
  private Duration warmUp = Turnover.DEFAULT.warmUp();

  @Option(
      names = "--drain",
      description = "of a replica before it ends (default: ${DEFAULT-VALUE})")
  private Duration drain = Duration.ofSeconds(2);

  @Option(names = "--out", description = "result file (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("benchmarks/target/restart.json");

  @Override
  public Integer call() throws Exception {
    Plan plan = new Plan(List.of(Way.GRPC), List.of(rate), 1, 1, 0, 600, 1, 512, 50, 20);
    Map<String, Object> result = RunFacts.of("waggle bench restart");
    result.put("rate", rate);
    result.put("warm_up", warmUp.toString());
    result.put("drain", drain.toString());
    Progress progress = new Progress();
    List<Map<String, Object>> figures = new ArrayList<>();
    boolean allAnswered = true;
    try (TemporaryDirectory directory = TemporaryDirectory.create("waggle-restart");
        LoadedBroker broker = new LoadedBroker(plan, directory.path(), false, progress);
        RollingRestart restart =
            new RollingRestart(
                broker, plan, directory.path(), new Turnover(warmUp, drain), progress)) {
      for (boolean asksAgain : List.of(true, false)) {
        RollingRestart.Seen seen = restart.run(rate, asksAgain);
        figures.add(figures(seen));
        Turn.Seen calls = seen.calls().together();
        allAnswered &= calls.answered() > 0 && calls.failed() + calls.shed() == 0;
        System.out.printf(
            Locale.ROOT,
            "client that %s: both restarted in %.1f s; %d answered, %d failed, %d shed;"
                + " p50 %.2f, p99 %.2f, max %.1f ms%s%n",
            seen.client(),
            seen.seconds(),
            calls.answered(),
            calls.failed(),
            calls.shed(),
            calls.millis(50),
            calls.millis(99),
            calls.millis(100),
            calls.firstFailure() == null ? "" : " (first failure: " + calls.firstFailure() + ")");
      }
    }
    result.put("clients", figures);
    JsonFile.write(out, result);
    System.out.printf("%nWritten to %s.%n", out);
    return allAnswered ? 0 : 1;
  }

  private static Map<String, Object> figures(RollingRestart.Seen seen) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("client", seen.client());
    figures.put("restarts_seconds", seen.seconds());
    figures.putAll(seen.calls().figures());
    figures.remove("turns");
    return figures;
  }
}
