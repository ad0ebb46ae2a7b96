package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alerts, their pages, and the list of both. */
class AlertsTest {
  static final Path ALERTS = Helm.CHART.resolve("alerts.yaml");

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
    Promtool.assumeHere("checking the rules with it");

    Promtool.Answer answer = Promtool.run("check", "rules", ALERTS.toString());

    assertThat(answer.exit()).as(answer.said()).isZero();
  }

  static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    for (JsonNode group : Manifests.parseOne(Files.readString(ALERTS)).path("groups")) {
      group.path("rules").forEach(alerts::add);
    }
    return alerts;
  }
}
