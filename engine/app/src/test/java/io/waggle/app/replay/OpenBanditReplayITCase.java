package io.waggle.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.report.LiveScreen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The learning job's own values on real logs equal the published reference. What is tested is what
 * the data folder (system property {@code waggle.data}) holds: its logs and its policies' tables.
 */
@Timeout(300)
class OpenBanditReplayITCase {
  private static final Path DATA =
      Path.of(System.getProperty("waggle.data", "no-such-folder"), "open-bandit");

  @TempDir Path directory;

  @TestFactory
  List<DynamicTest> theJobsValuesEqualTheReference() throws IOException {
    assumePresent();
    JsonNode reference = new ObjectMapper().readTree(DATA.resolve("reference.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    reference
        .get("estimates")
        .fieldNames()
        .forEachRemaining(
            log ->
                tests.add(
                    DynamicTest.dynamicTest(
                        reference.get("campaign").asText() + ", log " + log,
                        () ->
                            compare(
                                log,
                                reference.get("campaign").asText(),
                                reference.get("estimates").get(log)))));
    return tests;
  }

  private void compare(String log, String campaign, JsonNode expected) throws Exception {
    ReplayReport report =
        Replay.run(
            new Replay.Plan(DATA, log, campaign, tables()),
            Files.createTempDirectory(directory, log),
            silent(),
            step -> {});

    assertThat(report.badRows()).isEmpty();
    assertThat(report.refused()).isEmpty();
    int compared = 0;
    for (PolicyEvaluation value : report.evaluations()) {
      JsonNode policy = expected.get(value.getPolicy());
      if (policy != null) {
        assertThat(value.getCount()).isEqualTo(report.rows());
        assertThat(value.getIps()).isCloseTo(policy.at("/ipw/value").asDouble(), within(1e-6));
        assertThat(value.getSnips()).isCloseTo(policy.at("/snipw/value").asDouble(), within(1e-6));
        assertThat(value.getEffectiveSampleSize())
            .isCloseTo(policy.at("/weights/ess").asDouble(), within(1e-3));
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void badRowsAreCountedAndTheRestIsUsed() throws Exception {
    assumePresent();
    OpenBanditLog.Campaign campaign;
    try (var logs = Files.list(DATA)) {
      Path log = logs.filter(Files::isDirectory).sorted().findFirst().orElseThrow();
      campaign = OpenBanditLog.find(DATA, String.valueOf(log.getFileName()), null);
    }
    Path broken = directory.resolve("broken/log/" + campaign.name());
    Files.createDirectories(broken);
    Files.copy(campaign.items(), broken.resolve(String.valueOf(campaign.items().getFileName())));
    breakEveryHundredth(campaign.rows(), broken.resolve(campaign.name() + ".csv.gz"));

    ReplayReport report =
        Replay.run(
            new Replay.Plan(directory.resolve("broken"), "log", null, List.of()),
            directory.resolve("loop"),
            silent(),
            step -> {});

    assertThat(report.rows() - report.sent()).isEqualTo(10);
    assertThat(report.badRows().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(10);
    assertThat(report.evaluations().get(0).getCount()).isEqualTo(report.sent());
    assertThat(report.lines()).anyMatch(line -> line.contains("bad rows: 10 x"));
  }

  private static void assumePresent() {
    assumeTrue(
        Files.exists(DATA.resolve("reference.json")),
        "skipped because there is no open-bandit/reference.json in the data folder (-Dwaggle.data)");
  }

  /** Every table of the folder: {@code NAME_action_dist.csv} is the policy NAME. */
  private static List<PolicyConfig> tables() throws IOException {
    String ending = "_action_dist.csv";
    List<PolicyConfig> tables = new ArrayList<>();
    try (var files = Files.newDirectoryStream(DATA, "*" + ending)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        tables.add(
            PolicyConfig.newBuilder()
                .setName(name.substring(0, name.length() - ending.length()))
                .setTable(PolicyTables.read(file))
                .build());
      }
    }
    return tables;
  }

  /** The first 1,000 rows with ten of them cut off in the middle. */
  private static void breakEveryHundredth(Path from, Path to) throws IOException {
    List<String> lines;
    try (var in = new GZIPInputStream(Files.newInputStream(from))) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(1_001).toList();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      boolean cut = i > 0 && i % 100 == 0;
      text.append(cut ? lines.get(i).substring(0, 20) : lines.get(i)).append('\n');
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static LiveScreen silent() {
    return new LiveScreen(new PrintWriter(Writer.nullWriter()), false, 5_000);
  }
}
