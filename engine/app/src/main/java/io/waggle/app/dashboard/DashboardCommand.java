package io.waggle.app.dashboard;

import io.waggle.app.dashboard.Dashboard.Kind;
import io.waggle.app.dashboard.Dashboard.Panel;
import io.waggle.app.dashboard.PanelData.Line;
import io.waggle.app.report.TextFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dashboard}: the chart's dashboard from a Prometheus, where there is no Grafana. */
@Command(
    name = "dashboard",
    description = {
      "Draw the dashboard of the Helm chart from a Prometheus, as one SVG file.",
      "0: it is drawn; panels without data are named. 1: Prometheus does not answer, or refuses a"
          + " query."
    },
    mixinStandardHelpOptions = true)
public final class DashboardCommand implements Callable<Integer> {
  private static final String EVERYTHING = ".*";
  private static final Duration LONGEST = Duration.ofDays(31);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:9090",
      description = "Prometheus' address (default: ${DEFAULT-VALUE}).")
  private URI prometheus = URI.create("http://127.0.0.1:9090");

  @Option(
      names = "--file",
      paramLabel = "JSON",
      description = "The dashboard (default: ${DEFAULT-VALUE}).")
  private Path file = Path.of("deploy/helm/waggle/dashboards/waggle.json");

  @Option(
      names = "--last",
      paramLabel = "DURATION",
      defaultValue = "PT1H",
      description = "How far back, as ISO-8601, up to P31D (default: ${DEFAULT-VALUE}).")
  private Duration last = Duration.ofHours(1);

  @Option(
      names = "--surface",
      paramLabel = "NAME",
      description = "Only this surface (default: all), in panels that tell them apart.")
  private String surface = EVERYTHING;

  @Option(names = "--out", required = true, paramLabel = "SVG", description = "The file to write.")
  private Path out = Path.of("dashboard.svg");

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (last.compareTo(Duration.ofMinutes(1)) < 0 || last.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("--last: %s (expected: PT1M to P31D)".formatted(last));
    }
    Dashboard dashboard = DashboardFile.read(file);
    TimeGrid grid = TimeGrid.of(Instant.now(), last);
    Map<String, String> variables = new HashMap<>();
    dashboard.variables().forEach(name -> variables.put(name, EVERYTHING));
    variables.put("surface", surface);
    PanelData data = new PanelData(new Prometheus(prometheus), grid, variables);
    Map<Panel, List<Line>> lines = new LinkedHashMap<>();
    List<String> empty = new ArrayList<>();
    for (Panel panel : dashboard.panels()) {
      if (panel.kind() != Kind.ROW) {
        List<Line> found = data.of(panel);
        lines.put(panel, found);
        if (found.isEmpty()) {
          empty.add(panel.title());
        }
      }
    }
    TextFile.write(out, DashboardDrawing.svg(dashboard, grid, lines));
    say("%s: %d panels".formatted(out, lines.size()));
    if (!empty.isEmpty()) {
      say("Without data: " + String.join(", ", empty));
    }
    return 0;
  }

  private void say(String text) {
    PrintWriter to = spec.commandLine().getOut();
    to.println(text);
    to.flush();
  }
}
