package io.waggle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code features list|show|lint|suggest} as their users see them. */
class FeaturesCommandTest {
  private static final String SURFACE =
      """
      name: shop
      livePolicy: learner
      reward: {}
      policies:
        - {name: learner, vowpalWabbit: {arguments: "--cb_explore_adf -q hi"}}
        - {name: blind, vowpalWabbit: {arguments: "--cb_explore_adf --ignore h"}}
      features:
        - name: clicks
          owner: shop team
          description: Clicks of the user.
          unit: clicks
          version: 2
          window: {of: {types: [click]}, windows: [600s, 86400s]}
        - name: email_domain
          last: {field: properties.email_domain}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path surface = Path.of("");

  @BeforeEach
  void write() throws IOException {
    surface = Files.writeString(folder.resolve("shop.yaml"), SURFACE);
  }

  @Test
  void theListSaysWhatTheLearnerSeesAndWhatItCosts() {
    assertThat(run("features", "list", surface.toString())).isZero();

    assertThat(out.toString())
        .contains("clicks@2", "window", "clicks_10m clicks_1d", "shop team", "last", "=VALUE")
        .contains("shop: 2 features, at most ");
  }

  @Test
  void theListGoesToOtherProgramsAsJson() throws IOException {
    Path json = folder.resolve("features.json");

    assertThat(run("features", "list", surface.toString(), "--json", json.toString())).isZero();

    JsonNode clicks = new ObjectMapper().readTree(json.toFile()).at("/surfaces/0/features/0");
    assertThat(clicks.get("name").asText()).isEqualTo("clicks");
    assertThat(clicks.get("names").toString()).isEqualTo("[\"clicks_10m\",\"clicks_1d\"]");
    assertThat(clicks.get("type").asText()).isEqualTo("number");
    assertThat(clicks.get("learnedBy").toString()).isEqualTo("[\"learner\"]");
    assertThat(clicks.get("stateBytes").asInt()).isPositive();
  }

  @Test
  void oneIsShownWithItsLineageAndDeclaration() {
    assertThat(run("features", "show", surface.toString(), "clicks")).isZero();

    assertThat(out.toString())
        .contains("shop/clicks@2", "Clicks of the user.", "learned by     learner")
        .contains("interactions > session job (session-fold) > sessions > ranking > decisions")
        .contains("name: clicks", "- 600s");
  }

  @Test
  void oneThatIsNotThereIsAnError() {
    assertThat(run("features", "show", surface.toString(), "clacks")).isEqualTo(1);

    assertThat(err.toString()).contains("none is named clacks");
  }

  @Test
  void lintNamesEachFindingAndFails() throws IOException {
    assertThat(run("features", "lint", surface.toString())).isEqualTo(1);

    assertThat(out.toString())
        .contains("shop: email_domain: owner (expected: a team or an address that answers for it)")
        .contains("shop: email_domain: sensitive (expected: true")
        .doesNotContain("shop: clicks:")
        .contains("2 features, 4 findings");
  }

  @Test
  void whatIsSuggestedIsGoodAndPassesLint() throws IOException {
    Path suggested = folder.resolve("suggested.yaml");
    Path log = log(3_000);

    assertThat(
            run(
                "features",
                "suggest",
                log.toString(),
                suggested.toString(),
                "--owner",
                "shop team"))
        .isZero();
    assertThat(out.toString())
        .contains("3000 interactions of shop, 1 of other surfaces")
        .contains("bad: 1  line: ");
    assertThat(run("config", "check", suggested.toString())).isZero();
    assertThat(run("features", "lint", suggested.toString())).isZero();
    SurfaceConfig config = SurfaceFiles.parse(Files.readString(suggested));
    assertThat(config.getFeaturesCount()).isGreaterThan(10);

    assertThat(
            run("features", "suggest", log.toString(), suggested.toString(), "--owner", "anyone"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("exists (expected: a new file)");
  }

  @Test
  void anOwnerWhoIsNobodyOrTooLongIsRefusedAndNothingWritten() throws IOException {
    Path suggested = folder.resolve("suggested.yaml");

    assertThat(run("features", "suggest", "no-such-log", suggested.toString(), "--owner", " "))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--owner: not given (expected: who answers");

    assertThat(
            run(
                "features",
                "suggest",
                log(100).toString(),
                suggested.toString(),
                "--owner",
                "x".repeat(300)))
        .isEqualTo(1);
    assertThat(err.toString()).contains("features[0].owner");
    assertThat(suggested).doesNotExist();
  }

  @Test
  void aLogWithoutInteractionsIsAnError() throws IOException {
    Path log = Files.writeString(folder.resolve("empty.jsonl"), "\n");

    assertThat(
            run(
                "features",
                "suggest",
                log.toString(),
                folder.resolve("out.yaml").toString(),
                "--owner",
                "x"))
        .isEqualTo(1);

    assertThat(err.toString()).contains("no interaction to learn from");
  }

  private Path log(int interactions) throws IOException {
    Random random = new Random(1);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < interactions; i++) {
      String type = random.nextInt(4) == 0 ? "cart" : "view";
      String item = "item-" + random.nextInt(50);
      lines.append(line("shop", type, item, 100 * random.nextDouble(), i)).append('\n');
    }
    lines.append("no JSON\n").append(line("other", "view", "item-1", 1, 1));
    return Files.writeString(folder.resolve("log.jsonl"), lines);
  }

  private static String line(String surface, String type, String item, double price, int minute) {
    return """
        {"surface": "%s", "userId": "u", "type": "%s", "itemId": "%s", "category": "%s", \
        "eventTimeMillis": "%d", "properties": [{"name": "price", "value": {"number": %s}}]}\
        """
        .formatted(
            surface,
            type,
            item,
            item.substring(0, 6),
            1_700_000_000_000L + minute * 60_000L,
            price);
  }

  private int run(String... arguments) {
    CommandLine waggle = Waggle.commandLine();
    waggle.setOut(new PrintWriter(out, true));
    waggle.setErr(new PrintWriter(err, true));
    return waggle.execute(arguments);
  }
}
