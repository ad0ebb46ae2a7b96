package io.waggle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EvaluateCommandTest {
  private static final String LEARNER = "learner=--cb_explore_adf --epsilon 0.1 -q ua";

  @TempDir Path directory;
  private Path log = Path.of("");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Two items; a user of taste t likes item t. Two lines are bad. */
  @BeforeEach
  void writeLog() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int taste = random.nextInt(2);
      int chosen = random.nextInt(2);
      int reward = random.nextDouble() < (taste == chosen ? 0.8 : 0.2) ? 1 : 0;
      lines.add(
          String.format(
              Locale.ROOT,
              """
              {"decision":{"decisionId":"d%d","surface":"shop","eventTimeMillis":"%d",\
              "context":[{"name":"user","features":[{"name":"taste","value":{"text":"t%d"}},\
              {"name":"<noise>","value":{"text":"n%d"}}]}],"actions":[{"id":"a"},{"id":"b"}],\
              "order":[%d],"propensity":0.5},"reward":%d}""",
              i,
              1_700_000_000_000L + i,
              taste,
              random.nextInt(3),
              chosen,
              reward));
    }
    lines.add(100, "{ no json");
    lines.add(200, lines.get(0).replace("\"propensity\":0.5", "\"propensity\":7"));
    log = directory.resolve("shop.jsonl");
    Files.write(log, lines);
  }

  @Test
  void candidatesAreRankedBesideTheLogAndBadLinesAreShown() {
    assertThat(run(log.toString(), "--policy", LEARNER, "--segment", "user.taste")).isZero();

    assertThat(out.toString())
        .contains("602 records, 600 decisions")
        .contains("bad: 1 x ")
        .containsSubsequence("candidate", "learner", "uniform")
        .contains("baseline", "logged", "anytime-drifting", "Fixed-time");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theFiguresAreTheSameOnAnyNumberOfThreads(int threads) throws IOException {
    assertThat(figures(threads)).isEqualTo(figures(1));
  }

  private String figures(int threads) throws IOException {
    Path json = directory.resolve("t" + threads + ".json");
    Path space = directory.resolve("space.yaml");
    Files.writeString(space, "exploration: [{epsilon: [0.1, 0.3]}, {bag: 3}]\nlooks: [0.3, 0.6]\n");
    int code =
        run(
            log.toString(),
            "--policy",
            LEARNER,
            "--search",
            space.toString(),
            "--ablate",
            "learner",
            "--segment",
            "taste",
            "--threads",
            Integer.toString(threads),
            "--json",
            json.toString());
    assertThat(code).as(err.toString()).isZero();
    return Files.readString(json);
  }

  @Test
  void theSearchSaysHowManyItLookedAtAndSharesAlpha() throws IOException {
    JsonNode figures = new ObjectMapper().readTree(figures(1));

    // Three of the space, the learner, uniform and baseline.
    assertThat(figures.get("candidatesLookedAt").asInt()).isEqualTo(6);
    assertThat(figures.get("alphaEach").asDouble()).isEqualTo(0.05 / 6);
    assertThat(out.toString()).contains("6 candidates looked at", "proves nothing");
    assertThat(figures.at("/ablation/losses/0/without").asText()).startsWith("user");
    assertThat(figures.at("/ablation/losses").findValuesAsText("without"))
        .containsExactlyInAnyOrder("user", "user.taste", "user.<noise>");
  }

  @Test
  void theReportIsOneFileThatNeedsNoNetworkAndEscapesNames() throws IOException {
    Path html = directory.resolve("made/report.html");
    assertThat(
            run(
                log.toString(),
                "--policy",
                LEARNER,
                "--ablate",
                "learner",
                "--segment",
                "user.<noise>",
                "--html",
                html.toString()))
        .as(err.toString())
        .isZero();

    String page = Files.readString(html);
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("<svg", "Value along the log", "Weights", "Overlap", "Segments", "loses without")
        .contains("user.&lt;noise&gt;")
        .contains("prefers-color-scheme: dark", "@media print")
        .doesNotContain("<script", "http://", "https://", "<link", "<img", "<noise>", "NaN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--policy learner=--cb_explore_adf --policy uniform=--cb_explore_adf | uniform (expected: a name of its own",
        "--reward-model best | --reward-model: best (expected: one of none, online, tabular)",
        "--rank-by best | --rank-by: best (expected: one of ips",
        "--ablate nobody | ablate: nobody (expected: the name of a candidate that learns)",
        "--ablate uniform | ablate: uniform (expected: the name of a candidate that learns)",
        "--reward-min 2 | reward range: 2.0 to 1.0",
        "--alpha 1.5 | alpha: 1.5 (expected: in (0, 1))",
        "--threads 0 | --threads: 0 (expected: 1 to 256)",
        "--segment= | feature: empty",
      })
  void aWrongCommandLineEndsWithTwoAndNamesTheMistake(String options, String said) {
    List<String> line = new ArrayList<>(List.of(log.toString()));
    line.addAll(List.of(options.split(" ")));

    assertThat(run(line.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(said);
  }

  @Test
  void vowpalWabbitsOwnRefusalIsShownBeforeAnythingRuns() {
    assertThat(run(log.toString(), "--policy", "wrong=--cb_explore_adf --cb_type nonsense"))
        .isEqualTo(1);

    assertThat(err.toString()).contains("candidate wrong").contains("nonsense");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aSurfacesPoliciesAndRangeAreTaken() throws IOException {
    Path surface = directory.resolve("shop.yaml");
    Files.writeString(
        surface,
        """
        name: shop
        livePolicy: always-a
        reward: {min: 0, max: 0.5}
        policies:
          - name: always-a
            table: {rows: [{actionId: a, probability: 1}]}
        """);

    assertThat(run(log.toString(), "--policies", surface.toString())).isZero();

    assertThat(out.toString()).contains("always-a", "reward: out of range (expected: 0.0 to 0.5)");
  }

  @Test
  void severalLogsAreOne() {
    assertThat(run(log.toString(), log.toString(), "--reward-model", "none")).isZero();

    assertThat(out.toString()).contains("1204 records, 1200 decisions");
  }

  @Test
  void aLogThatIsNotThereIsNamed() {
    assertThat(run(directory.resolve("none.jsonl").toString())).isEqualTo(1);

    assertThat(err.toString()).contains("none.jsonl: no such file");
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine commandLine = Waggle.commandLine();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] line = new String[arguments.length + 1];
    line[0] = "evaluate";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return commandLine.execute(line);
  }
}
