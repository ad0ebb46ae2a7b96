package io.waggle.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.waggle.app.dashboard.Dashboard.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DashboardTest {
  private static final Path SHIPPED = Path.of("../../deploy/helm/waggle/dashboards/waggle.json");

  @TempDir Path directory;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private @Nullable HttpServer prometheus;

  @AfterEach
  void stop() {
    if (prometheus != null) {
      prometheus.stop(0);
    }
  }

  @Test
  void theChartsDashboardIsReadWhole() throws Exception {
    Dashboard dashboard = DashboardFile.read(SHIPPED);

    assertThat(dashboard.variables()).contains("surface");
    assertThat(dashboard.panels()).extracting(Dashboard.Panel::kind).contains(Kind.values());
    assertThat(dashboard.panels())
        .filteredOn(panel -> panel.kind() == Kind.STATES)
        .allSatisfy(panel -> assertThat(panel.states()).containsOnlyKeys(0, 1, 2, 3));
  }

  @Test
  void whatIsNotDrawnIsRefusedByName() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DashboardFile.read(file(panel("gauge", "s", "up"))))
        .withMessageEndingWith(
            "panels[0].type: gauge (expected: row, timeseries or state-timeline)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DashboardFile.read(file(panel("timeseries", "furlongs", "up"))))
        .withMessageContaining("panels[0].unit: furlongs (expected: one of none, short");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DashboardFile.read(file("{}")))
        .withMessageEndingWith("panels: absent (expected: a list of at least one)");
  }

  @Test
  void panelsAreDrawnAndThoseWithoutDataAreNamed() throws Exception {
    String url =
        prometheus(
            query ->
                query.startsWith("sum(rate")
                    ? matrix("{\"surface\":\"a<b\"}", List.of(1.5, 2.0, 4.0))
                    : matrix(null, List.of()));
    Path file =
        file(
            panel(
                "timeseries",
                "reqps",
                "sum(rate(x_total{surface=~\\\"$surface\\\"}[$__rate_interval]))"),
            panel("timeseries", "s", "nothing"));

    int exit = run("--prometheus", url, "--file", file.toString(), "--surface", "a<b");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(asked).containsExactly("sum(rate(x_total{surface=~\"a<b\"}[60s]))", "nothing");
    assertThat(out.toString()).contains("2 panels").contains("Without data: nothing");
    String svg = Files.readString(directory.resolve("out.svg"));
    assertThat(svg).contains("of a&lt;b").contains("4 req/s").contains("No data");
    var unused =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(directory.resolve("out.svg").toFile());
  }

  @Test
  void statesAreNamedForAsLongAsTheyLast() {
    Dashboard.Panel panel =
        panel(
            Kind.STATES,
            Map.of(
                0, new Dashboard.State("runs", "green"), 3, new Dashboard.State("stopped", "red")),
            null,
            true);
    TimeGrid grid = TimeGrid.of(Instant.ofEpochSecond(1_000), Duration.ofSeconds(50));
    double[] values = {0, 0, 0, 0, Double.NaN, 3, 3, 3, 3, 3, 3};

    String svg =
        PanelDrawing.element(panel, grid, List.of(new PanelData.Line("p", values)), 480, 240);

    assertThat(svg).containsOnlyOnce(">runs<").containsOnlyOnce(">stopped<");
    assertThat(svg).containsOnlyOnce("state green").containsOnlyOnce("state red");
  }

  @Test
  void aBoundIsDashedInTheColorOfWhatItBoundsAndMayBeLeftOutOfTheLegend() {
    Dashboard.Panel panel = panel(Kind.LINES, Map.of(), Pattern.compile(" (lower|upper)$"), false);
    TimeGrid grid = TimeGrid.of(Instant.ofEpochSecond(1_000), Duration.ofSeconds(10));
    double[] values = {1, 2, 3};

    String svg =
        PanelDrawing.element(
            panel,
            grid,
            List.of(
                new PanelData.Line("a", values),
                new PanelData.Line("b", values),
                new PanelData.Line("b lower", values)),
            480,
            240);

    assertThat(svg).contains("curve c1 dashed").contains(">b<").doesNotContain(">b lower<");
  }

  @Test
  void aQueryThatPrometheusRefusesAndAVariableThatNobodyKnowsAreToldByName() throws Exception {
    String url =
        prometheus(query -> "{\"status\":\"error\",\"error\":\"parse error: unexpected end\"}");

    assertThat(
            run("--prometheus", url, "--file", file(panel("timeseries", "s", "sum(")).toString()))
        .isOne();
    assertThat(err.toString()).contains("sum(: parse error: unexpected end");
    assertThat(
            run(
                "--prometheus",
                url,
                "--file",
                file(panel("timeseries", "s", "up{a=$b}")).toString()))
        .isOne();
    assertThat(err.toString()).contains("$b: not known");
    assertThat(run("--prometheus", url, "--last", "PT1S")).isOne();
    assertThat(err.toString()).contains("--last: PT1S (expected: PT1M to P31D)");
  }

  @ParameterizedTest
  @CsvSource({
    "S, 0.0025, 2.5 ms",
    "S, 0.00002, 20 µs",
    "S, 90, 90 s",
    "MS, 1500, 1.5 s",
    "BYTES, 1536, 1.5 KiB",
    "SHORT, 2500000, 2.5 Mil",
    "REQPS, 0, 0 req/s",
    "PERCENTUNIT, 0.25, 25 %",
    "NONE, 12, 12"
  })
  void valuesHaveTheirUnit(Unit unit, double value, String shown) {
    assertThat(unit.shown(value)).isEqualTo(shown);
  }

  @Test
  void aGridHasAtMost181MomentsAndRatesLookBackFourScrapes() {
    TimeGrid hour = TimeGrid.of(Instant.ofEpochSecond(100_000), Duration.ofHours(1));
    TimeGrid day = TimeGrid.of(Instant.ofEpochSecond(100_000), Duration.ofDays(1));

    assertThat(hour.points()).isEqualTo(181);
    assertThat(hour.endSeconds()).isEqualTo(100_000);
    assertThat(hour.rateSeconds()).isEqualTo(60);
    assertThat(day.rateSeconds()).isEqualTo(495);
  }

  @Test
  void whatHasNoPlaceOnAnAxisIsLeftOut() throws Exception {
    String url = prometheus(query -> matrix("{}", List.of("+Inf", "NaN", "-Inf", 7)));
    TimeGrid grid = TimeGrid.of(Instant.ofEpochSecond(1_000), Duration.ofSeconds(50));

    List<Prometheus.Series> found = new Prometheus(URI.create(url)).range("up", grid);

    assertThat(found).hasSize(1);
    double none = Double.NaN;
    assertThat(found.get(0).values())
        .containsExactly(none, none, none, 7, none, none, none, none, none, none, none);
  }

  @Test
  void timesOfDayAreRoundAndHaveSecondsWhereTheyDiffer() {
    TimeGrid hour = TimeGrid.of(Instant.ofEpochSecond(100_000), Duration.ofHours(1));
    TimeGrid minute = TimeGrid.of(Instant.ofEpochSecond(100_000), Duration.ofMinutes(1));

    assertThat(new TimeAxis(hour, 0, 100).ticks())
        .extracting(TimeAxis.Tick::text)
        .containsExactly("02:50", "03:00", "03:10", "03:20", "03:30", "03:40");
    assertThat(new TimeAxis(minute, 0, 100).ticks())
        .extracting(TimeAxis.Tick::text)
        .containsExactly("03:45:45", "03:46:00", "03:46:15", "03:46:30");
  }

  /** One moment past a round time of day puts its label at the drawing's very edge. */
  @ParameterizedTest
  @ValueSource(longs = {60_000, 60_001, 60_010, 60_014})
  void noTimeOfDayIsCutOff(long end) {
    int width = 480;
    TimeGrid grid = TimeGrid.of(Instant.ofEpochSecond(end), Duration.ofMinutes(1));

    String svg =
        PanelDrawing.element(
            panel(Kind.LINES, Map.of(), null, true),
            grid,
            List.of(new PanelData.Line("a", new double[] {1, 2})),
            width,
            240);

    Matcher label =
        Pattern.compile("<text x=\"([0-9.]+)\"[^>]*\"(middle|end)\"[^>]*>\\d\\d:\\d\\d:\\d\\d<")
            .matcher(svg);
    int labels = 0;
    for (; label.find(); labels++) {
      double right = label.group(2).equals("end") ? 0 : 8 * 6 / 2.0;
      assertThat(Double.parseDouble(label.group(1)) + right).isLessThanOrEqualTo(width);
    }
    assertThat(labels).isGreaterThan(2);
  }

  private static Dashboard.Panel panel(
      Kind kind, Map<Integer, Dashboard.State> states, @Nullable Pattern dashed, boolean named) {
    return new Dashboard.Panel(
        kind,
        "Condition",
        new Dashboard.Place(0, 0, 8, 8),
        Unit.NONE,
        Double.NaN,
        states,
        dashed,
        named,
        List.of());
  }

  private int run(String... arguments) {
    CommandLine command =
        new CommandLine(new DashboardCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(
                (failure, line, parsed) -> {
                  line.getErr().println(failure.getMessage());
                  return 1;
                });
    String[] line = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, line, 0, arguments.length);
    line[arguments.length] = "--out";
    line[arguments.length + 1] = directory.resolve("out.svg").toString();
    return command.execute(line);
  }

  private Path file(String... panels) throws IOException {
    String text =
        panels.length == 1 && panels[0].equals("{}")
            ? "{}"
            : """
              {"title": "T", "templating": {"list": [{"name": "surface"}]}, "panels": [%s]}
              """
                .formatted(String.join(",", panels));
    return Files.writeString(directory.resolve("dashboard.json"), text);
  }

  private static String panel(String type, String unit, String query) {
    return """
        {"type": "%s", "title": "%s", "gridPos": {"x": 0, "y": 0, "w": 8, "h": 8},
         "fieldConfig": {"defaults": {"unit": "%s", "min": 0}},
         "targets": [{"expr": "%s", "legendFormat": "of {{surface}}"}]}
        """
        .formatted(type, query.length() > 20 ? "long" : query, unit, query);
  }

  /** Answers with the newest moments' values. */
  private static String matrix(@Nullable String labels, List<?> values) {
    if (labels == null) {
      return "{\"status\":\"success\",\"data\":{\"result\":[]}}";
    }
    StringBuilder samples = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      samples.append(i == 0 ? "" : ",").append("[START+%d,\"%s\"]".formatted(i, values.get(i)));
    }
    return "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":%s,\"values\":[%s]}]}}"
        .formatted(labels, samples);
  }

  private String prometheus(Function<String, String> answers) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/query_range",
        exchange -> {
          String form =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String query = URLDecoder.decode(field(form, "query"), StandardCharsets.UTF_8);
          asked.add(query);
          long start = Long.parseLong(field(form, "start"));
          long step = Long.parseLong(field(form, "step"));
          String answer = answers.apply(query);
          for (int i = 0; i < 4; i++) {
            answer = answer.replace("START+" + i, Long.toString(start + i * step));
          }
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    prometheus = server;
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static String field(String form, String name) {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }
}
