package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own word on the dashboard's queries and on the local configuration. */
class DashboardQueriesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void prometheusTakesEveryQueryOfTheDashboard() throws Exception {
    Promtool.assumeHere("parsing the dashboard's queries");
    ObjectNode rules = JSON.createObjectNode();
    ObjectNode group = rules.putArray("groups").addObject().put("name", "dashboard");
    ArrayNode records = group.putArray("rules");
    JsonNode dashboard = JSON.readTree(Helm.CHART.resolve("dashboards/waggle.json").toFile());
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        records
            .addObject()
            .put("record", "p%d:%d".formatted(panel.path("id").asInt(), records.size()))
            .put(
                "expr",
                target
                    .path("expr")
                    .asText()
                    .replace("$__rate_interval", "1m")
                    .replace("$surface", ".*"));
      }
    }
    Path file = Files.writeString(directory.resolve("dashboard.yaml"), rules.toString());

    Promtool.Answer answer = Promtool.run("check", "rules", file.toString());

    assertThat(answer.exit()).as(answer.said()).isZero();
    assertThat(answer.said()).contains(records.size() + " rules found");
  }

  @Test
  void prometheusTakesTheConfigurationForALocalClusterWithTheAlerts() throws Exception {
    Promtool.assumeHere("checking prometheus-local.yaml");

    Promtool.Answer answer = Promtool.run("check", "config", "prometheus-local.yaml");

    assertThat(answer.exit()).as(answer.said()).isZero();
    assertThat(answer.said()).contains("1 rule files");
  }
}
