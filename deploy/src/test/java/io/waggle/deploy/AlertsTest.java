package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alerts, their pages, and the list of both. */
class AlertsTest {
  private static final Path ALERTS = Helm.CHART.resolve("alerts.yaml");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  @Test
  void everyAlertHasAPageThatSaysWhatItAsksAndIsListed() throws IOException {
    String list = Files.readString(MonitoringRules.RUNBOOKS.resolve("README.md"));

    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      String url = alert.at("/annotations/runbook_url").asText();
      String file = url.substring(url.lastIndexOf('/') + 1);
      String page = Files.readString(MonitoringRules.RUNBOOKS.resolve(file));
      assertThat(page)
          .startsWith("# " + name + "\n")
          .contains(alert.path("expr").asText())
          .contains(
              alert.at("/labels/severity").asText() + "**, after " + alert.path("for").asText());
      assertThat(list).contains("[%s](%s)".formatted(name, file));
    }
  }

  @Test
  void usersTroubleIsToldFromInternalTrouble() throws IOException {
    assertThat(alerts())
        .extracting(alert -> alert.at("/labels/trouble").asText())
        .contains("users", "internal")
        .containsOnly("users", "internal");
  }

  @Test
  void prometheusTakesTheRules() throws Exception {
    assumeTrue(
        Files.isExecutable(PROMTOOL),
        "promtool is not here (Debian's package prometheus): checking the rules with it is SKIPPED");

    Process process =
        new ProcessBuilder(PROMTOOL.toString(), "check", "rules", ALERTS.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
  }

  private static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    for (JsonNode group : Manifests.parseOne(Files.readString(ALERTS)).path("groups")) {
      group.path("rules").forEach(alerts::add);
    }
    return alerts;
  }
}
