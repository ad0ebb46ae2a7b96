package io.waggle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WaggleTest {
  private static final String SURFACE =
      """
      name: shop
      livePolicy: learner
      policies:
        - name: learner
          vowpalWabbit: {arguments: ARGUMENTS}
      reward: {}
      """;

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void theVersionIsPrinted() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("waggle ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "config",
        "no-such-command",
        "demo --no-such-option",
        "config check",
        "explain d --limit -1",
        "explain d --actions -1",
        "explain d --from yesterday"
      })
  void aWrongCommandLineEndsWithTwoAndSaysWhy(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).isNotBlank();
  }

  @Test
  void aTimeThatIsNoneIsToldWithTheFormThatIsAskedFor() {
    assertThat(run("explain", "d", "--from", "yesterday")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'--from': yesterday (expected: as 2026-01-31T12:00:00Z)")
        .doesNotContain("java.time");
  }

  @Test
  void everyCommandExplainsItself() {
    Waggle.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) ->
                assertThat(command.getUsageMessage()).as(name).contains("Usage: waggle " + name));
  }

  @Test
  void completionKnowsEveryCommand() {
    assertThat(run("completion")).isZero();
    assertThat(out.toString()).contains("demo").contains("replay").contains("--kafka-port");
  }

  @Test
  void aGoodSurfaceFileIsGood() throws Exception {
    Path file = write(SURFACE.replace("ARGUMENTS", "--cb_explore_adf --epsilon 0.1"));

    assertThat(run("config", "check", file.toString())).isZero();
    assertThat(out.toString()).contains("1 surface(s) and 1 policies are good");
  }

  @Test
  void theShippedConfigurationIsGood() {
    Path shipped = Path.of("../../deploy/config");

    assertThat(run("config", "check", shipped.toString(), "--surfaces", shipped + "/surfaces"))
        .isZero();
    assertThat(out.toString()).contains("both jobs and the service take it");
  }

  @Test
  void surfacesThatAreNotThereAreAProblemOfTheWholeConfiguration() {
    assertThat(run("config", "check", "../../deploy/config", "--surfaces", "no/such")).isEqualTo(1);
    assertThat(err.toString()).contains("no/such");
  }

  @Test
  void aFieldThatBreaksItsRuleIsNamed() throws Exception {
    Path file =
        write(
            SURFACE
                .replace("ARGUMENTS", "--cb_explore_adf")
                .replace("livePolicy: learner", "livePolicy: other"));

    assertThat(run("config", "check", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(file.toString()).contains("other");
  }

  @Test
  void everyBrokenRuleOfAFileIsToldWithItsLine() throws Exception {
    Path file =
        write(
            SURFACE.replace("ARGUMENTS", "--cb_explore_adf")
                + """
                signals:
                  - name: late
                    within: 600s
                    steps:
                      - {name: cart, follow: SIGNAL_FOLLOW_NEXT}
                      - {name: order, sameItemAs: carts}
                """);

    assertThat(run("config", "check", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("signals[0].steps[0].follow: SIGNAL_FOLLOW_NEXT (expected: not given")
        .contains(", line 11")
        .contains("signals[0].steps[1].same_item_as: carts (expected: an earlier step")
        .contains(", line 12");
  }

  @Test
  void aCommandLineThatTheLearnerRefusesIsNamedWithItsPolicy() throws Exception {
    Path file = write(SURFACE.replace("ARGUMENTS", "--cb_explore_adf --epsilon nonsense"));

    assertThat(run("config", "check", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("policy learner");
  }

  @Test
  void theDemosOwnSurfaceIsGood() throws Exception {
    Path file = Path.of(WaggleTest.class.getResource("/front-page.yaml").toURI());

    assertThat(run("config", "check", file.toString())).isZero();
  }

  @Test
  void aDemoThatCannotBeRunIsRefusedBeforeAnythingStarts() {
    assertThat(run("demo", "--rate", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("rate: 0.0 (expected: above 0");
  }

  @Test
  void aDurationThatIsNoneIsToldByAnExample() {
    assertThat(run("dashboard", "--out", "any.svg", "--last", "5")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "Invalid value for option '--last': 5 (expected: a duration in ISO-8601, as PT15M)")
        .doesNotContain("java.");
  }

  @Test
  void anUnknownLogFormatIsAWrongCommandLine() {
    assertThat(run("replay", "--format", "other", "--log", "x", directory.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("expected: open-bandit");
  }

  @Test
  void aServiceThatIsNotThereIsSaidInOneLine() {
    assertThat(run("policies", "--at", "127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("no answer from 127.0.0.1:1 (UNAVAILABLE)");
  }

  private int run(String... arguments) {
    CommandLine commandLine = Waggle.commandLine();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  private Path write(String yaml) throws Exception {
    Path file = directory.resolve("surface.yaml");
    Files.writeString(file, yaml);
    return file;
  }
}
