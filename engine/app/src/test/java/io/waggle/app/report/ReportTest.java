package io.waggle.app.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.server.metric.Delays;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir Path directory;

  @Test
  void aTableAlignsItsColumns() {
    List<String> lines = new Table("name", "n").row("a", "1000").row("longer", "2").lines();

    assertThat(lines).containsExactly("name       n", "a       1000", "longer     2");
  }

  @Test
  void aRowOfTheWrongLengthIsRefused() {
    assertThatThrownBy(() -> new Table("a", "b").row("1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cells: 1 (expected: 2)");
  }

  /** As two services have them, of which readers use the first, on a cluster that was up before. */
  @Test
  void whatTwoProcessesCountedBeforeIsTakenFromTheirSumOnce() {
    MetricsPage before = MetricsPage.parse("a_total 3900\na_total 100\n");
    MetricsPage now = MetricsPage.parse("a_total 19500\na_total 100\n");

    assertThat(now.since(before).sum("a_total")).isEqualTo(15_600);
  }

  @Test
  void whatAPageCountedSinceAnotherIsTheDifference() {
    MetricsPage before = MetricsPage.parse("a_total{k=\"x\",l=\"1\"} 5\na_total{k=\"y\"} 7\n");
    MetricsPage after =
        MetricsPage.parse("a_total{l=\"1\",k=\"x\"} 9\na_total{k=\"y\"} 7\na_total{k=\"z\"} 2\n");

    MetricsPage since = after.since(before);

    assertThat(since.sum("a_total", "k", "x")).isEqualTo(4);
    assertThat(since.sum("a_total", "k", "y")).isZero();
    assertThat(since.sum("a_total", "k", "z")).isEqualTo(2);
  }

  @Test
  void aPercentileOfAHistogramIsTheBoundOfItsBucket() {
    HistogramPage page =
        new HistogramPage(
            MetricsPage.parse(
                """
                wait_seconds_bucket{le="0.001"} 40
                wait_seconds_bucket{le="0.01"} 60
                wait_seconds_bucket{le="0.1"} 98
                wait_seconds_bucket{le="1.0"} 99
                wait_seconds_bucket{le="+Inf"} 100
                wait_seconds_count 100
                """));

    Delays.Summary summary = page.summary("wait_seconds");

    assertThat(summary.count()).isEqualTo(100);
    assertThat(summary.p50Millis()).isEqualTo(10);
    assertThat(summary.p99Millis()).isEqualTo(1_000);
    assertThat(page.summary("none_seconds").p99Millis()).isZero();
  }

  @Test
  void aTerminalIsRedrawnInPlace() {
    StringWriter out = new StringWriter();
    LiveScreen screen = new LiveScreen(new PrintWriter(out), true, 5_000);

    screen.show(List.of("one", "two"), "short", 0);
    screen.show(List.of("three"), "short", 1);

    assertThat(out.toString().replace(System.lineSeparator(), "\n"))
        .isEqualTo("one\ntwo\n" + "\u001b[1A\u001b[2K".repeat(2) + "three\n");
  }

  @Test
  void elsewhereALineComesNowAndThenWithoutControlCharacters() {
    StringWriter out = new StringWriter();
    LiveScreen screen = new LiveScreen(new PrintWriter(out), false, 5_000);

    screen.show(List.of("one"), "first", 1_000_000_000L);
    screen.show(List.of("two"), "too early", 5_000_000_000L);
    screen.show(List.of("three"), "second", 6_000_000_000L);

    assertThat(out.toString().lines()).containsExactly("first", "second");
  }

  @Test
  void aChartIsWellFormedAndShowsEveryLineAndMark() throws Exception {
    String svg =
        new LineChart("A < B & C", "y")
            .line(new LineChart.Line("one", "red", new double[] {0, 0.5, Double.NaN, 0.25}))
            .mark(new LineChart.Mark("shift", 1.5))
            .svg();

    Path file = directory.resolve("chart.svg");
    Files.writeString(file, svg);
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(1);
    assertThat(svg).contains("A &lt; B &amp; C").contains("shift").contains(">one<");
    // The gap lifts the pen.
    assertThat(
            document
                .getElementsByTagName("path")
                .item(0)
                .getAttributes()
                .getNamedItem("d")
                .getNodeValue())
        .containsPattern("^M.*L.*M");
  }

  @Test
  void aChartOverOtherThingsThanTimeHasTheirUnit() {
    String svg =
        new LineChart("title", "y", "decisions", 50)
            .line(new LineChart.Line("one", "red", new double[] {0, 0.5, 1}))
            .mark(new LineChart.Mark("end", 100))
            .svg();

    assertThat(svg).contains(">0 decisions<").contains(">100 decisions<");
    // The mark lies where the line ends.
    assertThat(svg).contains("x1=\"730.0\"").contains("L730.0 ");
  }

  @Test
  void metricsAreAddedUpByNameAndLabels() {
    MetricsPage page =
        MetricsPage.parse(
            """
            # HELP x help
            a_total{kind="reward",outcome="ok",} 2.0
            a_total{kind="reward",outcome="refused",} 1.0 1700000000
            a_total{kind="view",outcome="ok",} 5
            plain 7
            infinite +Inf

            """);

    assertThat(page.sum("a_total", "kind", "reward")).isEqualTo(3);
    assertThat(page.sum("a_total", "kind", "reward", "outcome", "ok")).isEqualTo(2);
    assertThat(page.sum("plain")).isEqualTo(7);
    assertThat(page.sum("absent")).isZero();
  }

  @Test
  void figuresBecomeAJsonFileInFoldersThatAreMade() throws Exception {
    Path file = directory.resolve("new/figures.json");

    JsonFile.write(file, Map.of("rows", 3));

    assertThat(file).hasContent("{\n  \"rows\" : 3\n}");
  }
}
